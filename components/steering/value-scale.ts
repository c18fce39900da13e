import { activationBins } from "@/components/plots/activation-bins";
import type { Bin } from "@/components/plots/histogram-layout";
import type { SliderTick } from "@/components/plots/value-slider-layout";
import type { LatentDetail } from "@/lib/contract/latent";
import { formatSignificant } from "@/lib/numbers/format";

/** The line that an edit's value moves on. */
export type ValueScale = {
  readonly domain: readonly [number, number];
  readonly bins: readonly Bin[];
  readonly seen: readonly [number, number] | null;
  readonly ticks: readonly SliderTick[];
};

/** For `clamp`: the latent's own activations, half as far again beyond them, and zero always in sight. */
export function clampScale(detail: LatentDetail | undefined, value: number): ValueScale {
  const max = detail?.row.maxActivation ?? null;
  const min = detail?.row.minActivation ?? null;
  if (detail === undefined || max === null || min === null) {
    const reach = Math.max(1, 2 * Math.abs(value));
    return { domain: [-reach, reach], bins: [], seen: null, ticks: [{ value: 0, label: "0" }] };
  }
  const low = Math.min(0, min);
  const high = Math.max(0, max);
  const span = Math.max(high - low, 1e-6);
  const domain = [Math.min(low < 0 ? low - span / 4 : 0, value), Math.max(high > 0 ? high + span / 2 : 0, value)] as const;
  const sign = -min > max ? -1 : 1;
  const { p50, p99 } = detail.quantiles;
  return {
    domain,
    bins: activationBins(detail.histogram),
    seen: [low, high],
    ticks: [
      { value: 0, label: "0" },
      ...(p50 === null ? [] : [{ value: sign * p50, label: "p50" }]),
      ...(p99 === null ? [] : [{ value: sign * p99, label: "p99" }]),
      ...(max > 0 ? [{ value: max, label: "max" }] : []),
      ...(min < 0 ? [{ value: min, label: "min" }] : []),
    ],
  };
}

/** For `scale`: factors of its own value. Never seen is where the median firing would pass the largest one. */
export function scaleScale(detail: LatentDetail | undefined, value: number): ValueScale {
  const largest = Math.max(Math.abs(detail?.row.maxActivation ?? 0), Math.abs(detail?.row.minActivation ?? 0));
  const median = detail?.quantiles.p50 ?? null;
  const limit = median === null || median <= 0 || largest <= 0 ? null : largest / median;
  const high = Math.max(3, Math.min(limit === null ? 3 : limit * 1.3, 12), value);
  const low = Math.min(0, value);
  return {
    domain: [low, high],
    bins: [],
    seen: limit === null ? null : [low, limit],
    ticks: [
      { value: 0, label: "0" },
      { value: 1, label: "its own" },
      { value: 2, label: "2 ×" },
      ...(limit !== null && limit <= high ? [{ value: limit, label: "median at max" }] : []),
    ],
  };
}

/** A clamp's value in the latent's own terms: `0.95 × p99`. */
export function clampInWords(value: number, detail: LatentDetail | undefined): string {
  if (value === 0) return "as if it never fired";
  const p99 = detail?.quantiles.p99 ?? null;
  const max = detail?.row.maxActivation ?? null;
  if (p99 !== null && p99 > 0)
    return `${formatSignificant(value / p99, 2)} × p99${max !== null && max > 0 && value > max ? ", never seen" : ""}`;
  return "raw activation";
}
