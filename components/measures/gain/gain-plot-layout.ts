import { area, extent, line, type ScaleLinear, scaleLinear } from "d3";
import type { PlotBox } from "@/components/plots/line-chart-layout";
import type { GainCurve, GainOrder, GainPoint } from "@/lib/contract/gain-kept";
import { formatCount, formatPercent } from "@/lib/numbers/format";
import { linearTicks, type Tick } from "@/lib/numbers/ticks";

export type GainPlotInput = {
  readonly width: number;
  readonly height: number;
  readonly curves: readonly GainCurve[];
  /** Of all modules. */
  readonly latents: number;
};

export type GainPlotLayout = {
  readonly box: PlotBox;
  /** Of a number of latents; equal steps are factors of two, with a step from none to one. */
  readonly x: (latents: number) => number;
  readonly y: ScaleLinear<number, number>;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
  readonly drawn: readonly { readonly order: GainOrder; readonly line: string; readonly band: string }[];
  /** Numbers of latents at which anything is measured, ascending. */
  readonly stops: readonly number[];
};

/** The share kept over the number of latents: a line an order, with its interval. */
export function layOutGainPlot({ width, height, curves, latents }: GainPlotInput): GainPlotLayout {
  const box = { left: 46, right: Math.max(80, width - 12), top: 24, bottom: height - 36 };
  const step = scaleLinear([0, stepOf(latents)], [box.left, box.right]);
  const x = (count: number) => step(stepOf(count));
  const measured = curves.map(({ order, points }) => ({ order, points: points.filter(hasShare) }));
  const values = measured.flatMap(({ points }) => points.flatMap(({ share }) => [share.low, share.high]));
  const [low = 0, high = 1] = extent([0, 1, ...values]);
  const y = scaleLinear([low, high], [box.bottom, box.top]).nice(5);
  const [from = 0, to = 1] = y.domain();
  const stops = [...new Set(measured.flatMap(({ points }) => points.map((point) => point.latents)))].sort((a, b) => a - b);
  return {
    box,
    x,
    y,
    xTicks: apart([0, ...stops.filter((stop) => stop > 0)], x, latents),
    yTicks: linearTicks([from, to], 6).map(({ value }) => ({ value, label: formatPercent(value, 0) })),
    drawn: measured.map(({ order, points }) => ({
      order,
      line:
        line<SharedPoint>(
          (point) => x(point.latents),
          (point) => y(point.share.value),
        )(points) ?? "",
      band:
        area<SharedPoint>(
          (point) => x(point.latents),
          (point) => y(point.share.low),
          (point) => y(point.share.high),
        )(points) ?? "",
    })),
    stops,
  };
}

/** The stop that is nearest to a pixel. */
export function nearestStop({ x, stops }: Pick<GainPlotLayout, "x" | "stops">, pixel: number): number | null {
  return stops.reduce<number | null>(
    (best, stop) => (best === null || Math.abs(x(stop) - pixel) < Math.abs(x(best) - pixel) ? stop : best),
    null,
  );
}

type SharedPoint = GainPoint & { readonly share: NonNullable<GainPoint["share"]> };

function hasShare(point: GainPoint): point is SharedPoint {
  return point.share !== null;
}

function stepOf(latents: number): number {
  return latents === 0 ? 0 : 1 + Math.log2(latents);
}

/** Labels that do not touch; the last, all latents, is always there. */
function apart(stops: readonly number[], x: (count: number) => number, latents: number): Tick[] {
  const room = 38;
  const kept: number[] = [];
  for (const stop of stops) {
    const isFree = kept.every((other) => x(stop) - x(other) >= room);
    if (isFree && (stop === latents || x(latents) - x(stop) >= room)) kept.push(stop);
  }
  return kept.map((value) => ({ value, label: formatCount(value) }));
}
