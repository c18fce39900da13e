import type { Bin } from "./histogram-layout";

/** A filter of one column; null is open. */
export type ColumnRange = { readonly min: number | null; readonly max: number | null };

/** Of a bin's width: an end that is written with six digits is still at its bin's edge. */
const tolerance = 1e-3;

/** The bins that a range lets through, from first to last; an open end reaches the outermost bin. Null when no end is set. */
export function binsOfRange(bins: readonly Bin[], { min, max }: ColumnRange): { first: number; last: number } | null {
  if ((min === null && max === null) || bins.length === 0) return null;
  const first = min === null ? 0 : bins.findIndex((bin) => bin.to - (bin.to - bin.from) * tolerance > min);
  const last = max === null ? bins.length - 1 : bins.findLastIndex((bin) => bin.from + (bin.to - bin.from) * tolerance < max);
  return { first: first === -1 ? bins.length - 1 : first, last: Math.max(last, 0) };
}

/** The range of whole bins, in six digits; an end at the outermost bin stays open, and all bins are no filter. */
export function rangeOfBins(bins: readonly Bin[], first: number, last: number): ColumnRange {
  const from = Math.max(0, Math.min(first, last));
  const to = Math.min(bins.length - 1, Math.max(first, last));
  const short = (value: number | undefined) => (value === undefined ? null : Number(value.toPrecision(6)));
  return { min: from === 0 ? null : short(bins[from]?.from), max: to === bins.length - 1 ? null : short(bins[to]?.to) };
}
