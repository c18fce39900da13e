import { range } from "d3";
import { logTicks, type Tick, tickLabel } from "@/lib/numbers/ticks";
import type { PlotBox } from "./line-chart-layout";

/** `count` values from `from` up to `to`. Bins of one histogram are adjacent or, around zero, leave a gap; ascending. */
export type Bin = { readonly from: number; readonly to: number; readonly count: number };

export type HistogramInput = {
  readonly width: number;
  readonly height: number;
  readonly bins: readonly Bin[];
  readonly isLogCount: boolean;
  /** Values are placed by their logarithm inside a bin. */
  readonly isLogValue: boolean;
  /** Labels at these values; by default some of the bins' edges. */
  readonly ticks?: readonly Tick[];
  /** Lines of labels above the bars; by default one. */
  readonly labelLines?: 1 | 2;
  readonly margin?: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
};

export type Bar = Bin & { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

export type HistogramLayout = {
  readonly box: PlotBox;
  readonly bars: readonly Bar[];
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
  /** Pixel of a value; values outside the bins stand at the ends. */
  readonly position: (value: number) => number;
  /** Value at a pixel, inside the bins. */
  readonly invert: (pixel: number) => number;
  readonly height: (count: number) => number;
  readonly extent: readonly [number, number];
};

/** Pixels from one line of labels to the next. */
export const labelLine = 14;

const plain = { left: 44, right: 14, top: 28, bottom: 38 };

/** Bars of equal width, one a bin, whatever the bins' own widths. Without bins the box is empty. */
export function layOutHistogram(input: HistogramInput): HistogramLayout {
  const { width, height, bins, isLogCount, isLogValue, labelLines = 1, margin = plain } = input;
  const box = {
    left: margin.left,
    right: Math.max(margin.left + 1, width - margin.right),
    top: margin.top + (labelLines - 1) * labelLine,
    bottom: height - margin.bottom,
  };
  const most = bins.reduce((largest, bin) => Math.max(largest, bin.count), 0);
  const slot = (box.right - box.left) / Math.max(1, bins.length);
  const pixelOfCount = countScale(box, most, isLogCount);
  const first = bins[0]?.from ?? 0;
  const last = bins.at(-1)?.to ?? 1;
  const position = (value: number) => box.left + slot * placeOf(value, bins, isLogValue);
  return {
    box,
    bars: bins.map((bin, index) => {
      const y = pixelOfCount(bin.count);
      return { ...bin, x: box.left + index * slot, y, width: slot, height: box.bottom - y };
    }),
    xTicks: input.ticks ?? edgeTicks(bins, box),
    yTicks: countTicks(most, isLogCount),
    position,
    invert: (pixel) => valueAt((pixel - box.left) / slot, bins, isLogValue),
    height: (count) => box.bottom - pixelOfCount(count),
    extent: [first, last],
  };
}

/** Where a brush from one pixel to another lies, in values, smaller first; null when it is under 3 px wide. */
export function brushBetween(layout: HistogramLayout, from: number, to: number): [number, number] | null {
  if (Math.abs(to - from) < 3) return null;
  const ends = [layout.invert(Math.min(from, to)), layout.invert(Math.max(from, to))] as const;
  return [ends[0], ends[1]];
}

/** Bins from the columns' edges (one more than counts), as a table's header has them. */
export function binsFromEdges(edges: readonly number[], counts: readonly number[]): Bin[] {
  return counts.map((count, index) => ({ from: edges[index] ?? 0, to: edges[index + 1] ?? edges[index] ?? 0, count }));
}

function countScale(box: PlotBox, most: number, isLog: boolean): (count: number) => number {
  const span = box.bottom - box.top;
  if (most <= 0) return () => box.bottom;
  if (!isLog) return (count) => box.bottom - (count / most) * span;
  // A single count is drawn a little above the line, so that it is seen: the axis starts at 0.6.
  const low = Math.log10(0.6);
  const high = Math.log10(Math.max(most, 1.2));
  return (count) => (count <= 0 ? box.bottom : box.bottom - ((Math.log10(count) - low) / (high - low)) * span);
}

function countTicks(most: number, isLog: boolean): Tick[] {
  if (most <= 0) return [];
  if (isLog) return logTicks([1, Math.max(most, 1.2)], 4);
  const step = niceStep(most);
  return range(0, most + step / 2, step)
    .filter((value) => value <= most)
    .map((value) => ({ value, label: tickLabel(value, step) }));
}

/** The largest of 1, 2, 5 × 10ⁿ that fits at least twice, or once, into `most`. */
function niceStep(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most / 2));
  const steps = [5, 2, 1].map((step) => step * power);
  return Math.max(1, steps.find((step) => 2 * step <= most) ?? power);
}

/** In bins from the left: 2.5 is the middle of the third bin. */
function placeOf(value: number, bins: readonly Bin[], isLog: boolean): number {
  if (bins.length === 0) return 0;
  for (const [index, bin] of bins.entries()) {
    if (value < bin.from) return index;
    if (value <= bin.to) return index + fractionIn(bin, value, isLog);
  }
  return bins.length;
}

function fractionIn({ from, to }: Bin, value: number, isLog: boolean): number {
  if (to === from) return 0;
  if (isLog && from * to > 0 && from * value > 0) return Math.log(value / from) / Math.log(to / from);
  return (value - from) / (to - from);
}

function valueAt(place: number, bins: readonly Bin[], isLog: boolean): number {
  const index = Math.min(bins.length - 1, Math.max(0, Math.floor(place)));
  const bin = bins[index];
  if (bin === undefined) return 0;
  const fraction = Math.min(1, Math.max(0, place - index));
  return isLog && bin.from * bin.to > 0 ? bin.from * (bin.to / bin.from) ** fraction : bin.from + (bin.to - bin.from) * fraction;
}

/** Every nth edge, so that labels keep 56 px. */
function edgeTicks(bins: readonly Bin[], box: PlotBox): Tick[] {
  const edges = bins.length === 0 ? [] : [...bins.map((bin) => bin.from), bins.at(-1)?.to ?? 0];
  const stride = Math.max(1, Math.ceil((edges.length * 56) / Math.max(1, box.right - box.left)));
  return edges.filter((_, index) => index % stride === 0).map((value) => ({ value, label: tickLabel(value, Math.abs(value) || 1) }));
}
