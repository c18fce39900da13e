import type { ColumnFormat } from "@/lib/contract/latent-columns/latent-column";
import { type ColumnsWith, latentColumns } from "@/lib/contract/latent-columns/latent-columns";
import type { ColumnRange } from "@/lib/contract/latent-ranges";
import { formatFixed, formatInteger, formatPercent, formatSignificant } from "@/lib/numbers/format";

const formats: { readonly [Format in ColumnFormat]: (value: number) => string } = {
  count: formatInteger,
  density: (value) => formatSignificant(value, 2),
  number: (value) => formatSignificant(value),
  percent: (value) => formatPercent(value, Math.abs(value) < 0.01 ? 2 : 1),
  fraction: (value) => formatFixed(value, 2),
  nats: formatNats,
};

/** A value of a column as its description says that it is written. */
export function formatColumn(name: ColumnsWith<"format">, value: number): string {
  return formats[latentColumns[name].format](value);
}

/** A range as a filter says it: `density 10⁻⁴ – 0.010`, `max from 7.00`; empty when it is open. */
export function rangeText({ column, from, to }: ColumnRange): string {
  const { word } = latentColumns[column];
  const write = (value: number) => formatColumn(column, value);
  if (from === null) return to === null ? "" : `${word} up to ${write(to)}`;
  if (to === null) return `${word} from ${write(from)}`;
  return `${word} ${write(from)} – ${write(to)}`;
}

/** `+0.0171`, `−3.87 × 10⁻⁵`: a change of loss may be of any size, so its digits are counted and not its decimals. */
export function formatNats(value: number): string {
  const text = formatSignificant(value);
  return value > 0 ? `+${text}` : text;
}
