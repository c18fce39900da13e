import type { ColumnRange, RangeColumn } from "@/lib/contract/latent-ranges";
import { formatFixed, formatInteger, formatPercent, formatSignificant } from "@/lib/numbers/format";

/** What a numeric column is called in a sentence, and how one of its values is written. */
export const rangeColumnWords: Record<RangeColumn, { readonly name: string; readonly format: (value: number) => string }> = {
  density: { name: "density", format: (value) => formatSignificant(value, 2) },
  meanActivation: { name: "mean", format: formatPlain },
  meanSquare: { name: "mean square", format: formatPlain },
  skewness: { name: "skewness", format: formatPlain },
  maxActivation: { name: "max", format: formatPlain },
  minActivation: { name: "min", format: formatPlain },
  outputShare: { name: "output share", format: (value) => formatPercent(value, Math.abs(value) < 0.01 ? 2 : 1) },
  decoderNorm: { name: "decoder norm", format: formatPlain },
  attribution: { name: "attribution", format: formatNats },
  ablation: { name: "Δ loss", format: formatNats },
  selectivity: { name: "selectivity", format: (value) => formatFixed(value, 2) },
  bornAtStep: { name: "born at step", format: formatInteger },
};

/** A range as a filter says it: `density 10⁻⁴ – 0.010`, `max from 7.00`; empty when it is open. */
export function rangeText({ column, from, to }: ColumnRange): string {
  const { name, format } = rangeColumnWords[column];
  if (from === null) return to === null ? "" : `${name} up to ${format(to)}`;
  if (to === null) return `${name} from ${format(from)}`;
  return `${name} ${format(from)} – ${format(to)}`;
}

function formatPlain(value: number): string {
  return formatSignificant(value);
}

/** `+0.0171`, `−3.87 × 10⁻⁵`: a change of loss may be of any size, so its digits are counted and not its decimals. */
export function formatNats(value: number): string {
  const text = formatSignificant(value);
  return value > 0 ? `+${text}` : text;
}
