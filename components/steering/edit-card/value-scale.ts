import { activationRange, seenValues } from "@/components/latents/seen-values";
import { signOf } from "@/components/latents/value-unit";
import { activationBins } from "@/components/plots/activation-bins";
import type { Bin } from "@/components/plots/histogram-layout";
import { roundToDomain, type SliderTick } from "@/components/plots/value-slider-layout";
import type { ValueEdit } from "@/components/steering/edit-change";
import type { LatentDetail } from "@/lib/contract/latent";
import { formatSignificant } from "@/lib/numbers/format";

/** The line that an edit's value moves on. */
export type ValueScale = {
  readonly domain: readonly [number, number];
  readonly bins: readonly Bin[];
  readonly seen: readonly [number, number] | null;
  readonly ticks: readonly SliderTick[];
};

export function scaleOf(edit: ValueEdit, detail: LatentDetail | undefined): ValueScale {
  switch (edit.operation) {
    case "scale":
      return scaleScale(detail, edit.value);
    case "clamp":
    case "minClamp":
      return clampScale(detail, edit.value);
    case "add":
      return addScale(detail, edit.value, edit.onlyIfFiring === true);
  }
}

/** For `clamp` and `minClamp`: the latent's own activations, half as far again beyond them, and zero always in sight. */
export function clampScale(detail: LatentDetail | undefined, value: number): ValueScale {
  const range = activationRange(detail);
  if (detail === undefined || range === null) return unknownScale(value);
  const [low, high] = range;
  const span = Math.max(high - low, 1e-6);
  return {
    domain: [Math.min(low < 0 ? low - span / 4 : 0, value), Math.max(high > 0 ? high + span / 2 : 0, value)],
    bins: activationBins(detail.histogram, detail.row),
    seen: range,
    ticks: activationMarks(detail),
  };
}

/**
 * For `add`: as far down as up, over the latent's own activations. Never seen is where what stands at 0 would pass the range of its activations; where only
 * firings are added to, where the median one would.
 */
export function addScale(detail: LatentDetail | undefined, value: number, isWhereItFires: boolean): ValueScale {
  const range = activationRange(detail);
  if (detail === undefined || range === null) return unknownScale(value);
  const reach = Math.max(1.5 * Math.max(-range[0], range[1]), Math.abs(value), 1e-6);
  return {
    domain: [-reach, reach],
    bins: activationBins(detail.histogram, detail.row),
    seen: seenValues({ operation: "add", onlyIfFiring: isWhereItFires }, detail),
    ticks: activationMarks(detail),
  };
}

/** For `scale`: factors of its own value. Never seen is where the median firing would pass the largest one. */
export function scaleScale(detail: LatentDetail | undefined, value: number): ValueScale {
  const limit = seenValues({ operation: "scale" }, detail)?.[1] ?? null;
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

/** A hundredth of the line further, or a thousandth; as the slider's own arrow keys. */
export function steppedValue(value: number, { domain }: ValueScale, direction: 1 | -1, isFine: boolean): number {
  return roundToDomain(value + (direction * (domain[1] - domain[0])) / (isFine ? 1000 : 100), domain);
}

/** What a value amounts to, in the latent's own terms: `as if it never fired`, `0.95 × p99`, `never seen`. */
export function valueInWords(edit: ValueEdit, detail: LatentDetail | undefined): string {
  const { value } = edit;
  if (edit.operation === "scale") return value === 1 ? "as it is" : `${formatSignificant(value)} × its own value`;
  if (value === 0) return edit.operation === "clamp" ? "as if it never fired" : edit.operation === "add" ? "as it is" : "never below 0";
  const { seen } = scaleOf(edit, detail);
  const p99 = signOf(detail) * (detail?.quantiles.p99 ?? 0);
  const words = p99 === 0 ? "raw activation" : `${formatSignificant(value / p99, 2)} × p99`;
  return seen !== null && (isBeyond(value, seen[1]) || isBeyond(-value, -seen[0])) ? `${words}, never seen` : words;
}

/** Whether a value that people set passes a limit that they read in three digits. */
function isBeyond(value: number, limit: number): boolean {
  return value > limit && formatSignificant(value) !== formatSignificant(limit);
}

function unknownScale(value: number): ValueScale {
  const reach = Math.max(1, 2 * Math.abs(value));
  return { domain: [-reach, reach], bins: [], seen: null, ticks: [{ value: 0, label: "0" }] };
}

function activationMarks(detail: LatentDetail): SliderTick[] {
  const { p50, p99 } = detail.quantiles;
  const sign = signOf(detail);
  const max = detail.row.maxActivation ?? 0;
  const min = detail.row.minActivation ?? 0;
  return [
    { value: 0, label: "0" },
    ...(p50 === null ? [] : [{ value: sign * p50, label: "p50" }]),
    ...(p99 === null ? [] : [{ value: sign * p99, label: "p99" }]),
    ...(max > 0 ? [{ value: max, label: "max" }] : []),
    ...(min < 0 ? [{ value: min, label: "min" }] : []),
  ];
}
