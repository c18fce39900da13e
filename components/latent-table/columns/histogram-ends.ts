import type { ColumnHistogram } from "@/lib/contract/latent";
import { columnOf } from "@/lib/contract/latent-columns/latent-columns";
import { formatPercent, formatSignificant } from "@/lib/numbers/format";
import { powerOfTen } from "@/lib/numbers/ticks";

/** The two ends of a histogram's axis in a head, short: two digits, shares in percent, powers of ten on a log scale. */
export function endsOf({ column, scale, edges }: Pick<ColumnHistogram, "column" | "scale" | "edges">): [string, string] {
  const write = (value: number) => {
    if (columnOf(column).format === "percent") return formatPercent(value, Math.abs(value) < 0.01 ? 2 : 0);
    const exponent = Math.log10(value);
    if (scale === "log" && value > 0) return powerOfTen(Math.round(exponent));
    return formatShort(value);
  };
  return [write(edges[0] ?? 0), write(edges.at(-1) ?? 0)];
}

/** `−0.01`, `24`, `0.3`, `3.7e−4`: two digits, zeros at the end left out, and no wider than half a head. */
function formatShort(value: number): string {
  const rounded = Number(value.toPrecision(2));
  if (rounded !== 0 && (Math.abs(rounded) < 1e-3 || Math.abs(rounded) >= 1e6))
    return rounded.toExponential().replace("e+", "e").replaceAll("-", "−");
  const text = formatSignificant(rounded, 2);
  return /^[−\d]+\.\d+$/.test(text) ? text.replace(/\.?0+$/, "") : text;
}
