import { powerOfTen } from "@/components/plots/ticks";
import type { ColumnHistogram } from "@/lib/contract/latent";
import { formatPercent, formatSignificant } from "@/lib/numbers/format";

/** The two ends of a histogram's axis in a head, short: two digits, shares in percent, powers of ten on a log scale. */
export function endsOf({ column, scale, edges }: Pick<ColumnHistogram, "column" | "scale" | "edges">): [string, string] {
  const write = (value: number) => {
    if (column === "outputShare") return formatPercent(value, Math.abs(value) < 0.01 ? 2 : 0);
    const exponent = Math.log10(value);
    if (scale === "log" && value > 0) return powerOfTen(Math.round(exponent));
    return formatShort(value);
  };
  return [write(edges[0] ?? 0), write(edges.at(-1) ?? 0)];
}

/** `−0.01`, `24`, `0.3`: two digits, zeros at the end left out. */
function formatShort(value: number): string {
  const text = formatSignificant(Number(value.toPrecision(2)), 2);
  return /^[−\d]+\.\d+$/.test(text) ? text.replace(/\.?0+$/, "") : text;
}
