import { scaleLinear } from "d3";
import type { Bin } from "./histogram-layout";

export type SliderTick = { readonly value: number; readonly label: string };

export type ValueSliderInput = {
  readonly width: number;
  readonly domain: readonly [number, number];
  /** What was seen of the value; may be empty. */
  readonly bins: readonly Bin[];
  /** The smallest and largest value ever seen; beyond them the line is hatched. */
  readonly seen: readonly [number, number] | null;
  readonly ticks: readonly SliderTick[];
};

export type ValueSliderLayout = {
  readonly position: (value: number) => number;
  readonly invert: (pixel: number) => number;
  readonly baseline: number;
  readonly height: number;
  readonly bars: readonly { readonly x: number; readonly width: number; readonly height: number; readonly isNegative: boolean }[];
  readonly hatched: readonly { readonly x: number; readonly width: number }[];
  /** `isLabelled` is false where a label would run into its neighbour. */
  readonly ticks: readonly (SliderTick & {
    readonly x: number;
    readonly isLabelled: boolean;
    readonly anchor: "start" | "middle" | "end";
  })[];
};

const side = 8;
const baseline = 42;
const tallest = 30;
const numBars = 48;

/** A line of values with their linear histogram over it. Heights follow the square root, so that rare strong values are seen. */
export function layOutValueSlider({ width, domain, bins, seen, ticks }: ValueSliderInput): ValueSliderLayout {
  const scale = scaleLinear(domain, [side, Math.max(side + 1, width - side)]).clamp(true);
  const counts = respread(bins, domain, numBars);
  const most = Math.max(...counts, 0);
  const barWidth = (domain[1] - domain[0]) / numBars;
  return {
    position: scale,
    invert: scale.invert,
    baseline,
    height: baseline + 22,
    bars: counts.flatMap((count, index) => {
      if (count <= 0) return [];
      const from = domain[0] + index * barWidth;
      const x = scale(from);
      return [
        { x, width: scale(from + barWidth) - x, height: Math.max(1, tallest * Math.sqrt(count / most)), isNegative: from + barWidth <= 0 },
      ];
    }),
    hatched: hatchedParts(domain, seen).map(([from, to]) => ({ x: scale(from), width: scale(to) - scale(from) })),
    ticks: placeTicks(ticks, domain, scale, width),
  };
}

/** The value with its last digit at a thousandth of the domain or less, inside it. */
export function roundToDomain(value: number, domain: readonly [number, number]): number {
  const step = 10 ** Math.floor(Math.log10((domain[1] - domain[0]) / 1000));
  const rounded = Math.round(value / step) * step;
  return Number(Math.min(domain[1], Math.max(domain[0], rounded)).toPrecision(12));
}

/** Counts over `parts` equal stretches of the domain, each bin's count spread evenly over its width. */
export function respread(bins: readonly Bin[], [low, high]: readonly [number, number], parts: number): number[] {
  const counts = new Array<number>(parts).fill(0);
  const width = (high - low) / parts;
  for (const { from, to, count } of bins) {
    if (count <= 0 || to <= from) continue;
    const first = Math.max(0, Math.floor((from - low) / width));
    const last = Math.min(parts - 1, Math.floor((to - low) / width));
    for (let part = first; part <= last; part++) {
      const start = low + part * width;
      const shared = Math.min(to, start + width) - Math.max(from, start);
      if (shared > 0) counts[part] = (counts[part] ?? 0) + (count * shared) / (to - from);
    }
  }
  return counts;
}

function hatchedParts(domain: readonly [number, number], seen: readonly [number, number] | null): [number, number][] {
  if (seen === null) return [];
  const parts: [number, number][] = [];
  if (seen[0] > domain[0]) parts.push([domain[0], Math.min(seen[0], domain[1])]);
  if (seen[1] < domain[1]) parts.push([Math.max(seen[1], domain[0]), domain[1]]);
  return parts;
}

function placeTicks(
  ticks: readonly SliderTick[],
  domain: readonly [number, number],
  scale: (value: number) => number,
  width: number,
): ValueSliderLayout["ticks"] {
  let reach = Number.NEGATIVE_INFINITY;
  return ticks
    .filter((tick) => tick.value >= domain[0] && tick.value <= domain[1])
    .sort((a, b) => a.value - b.value)
    .map((tick) => {
      const x = scale(tick.value);
      const room = tick.label.length * 6;
      const anchor = x - room / 2 < 0 ? ("start" as const) : x + room / 2 > width ? ("end" as const) : ("middle" as const);
      const left = anchor === "start" ? x : anchor === "end" ? x - room : x - room / 2;
      const isLabelled = left > reach + 4;
      if (isLabelled) reach = left + room;
      return { ...tick, x, isLabelled, anchor };
    });
}
