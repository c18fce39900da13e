import type { OwnRange } from "./own-range";

export type NormGaugeLayout = {
  /** Top of the axis, a round share. */
  readonly top: number;
  readonly ticks: readonly number[];
  /** Place of a share on the line, CSS pixels. */
  readonly place: (share: number) => number;
};

const tops = [0.06, 0.12, 0.3, 0.6, 1.2, 3, 6, 12, 30, 60, 120];

/** A round share that holds the largest norm and the adapter's own range: the scale of injected norms on a page, as lengths and as colours. */
export function normTop(most: number, range: OwnRange | null): number {
  const reach = Math.max(most * 1.02, (range?.most ?? 0) * 1.3);
  return tops.find((candidate) => candidate >= reach) ?? reach;
}

/** An axis from 0 in three steps to the top of the scale. */
export function layOutNormGauge(most: number, range: OwnRange | null, width: number): NormGaugeLayout {
  const top = normTop(most, range);
  return { top, ticks: [0, top / 3, (2 * top) / 3, top], place: (share) => (Math.min(Math.max(share, 0), top) / top) * width };
}
