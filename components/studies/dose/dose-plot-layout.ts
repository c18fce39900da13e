import { area, extent, line, type ScaleContinuousNumeric, scaleLinear } from "d3";
import type { PlotBox } from "@/components/plots/line-chart-layout";
import { linearTicks, type Tick } from "@/components/plots/ticks";
import type { DoseCurve } from "./dose-curves";

export type DosePlotInput = {
  readonly width: number;
  readonly height: number;
  readonly curve: DoseCurve;
  /** Values that will be set, so that the axis stands still while they come. */
  readonly values: readonly number[];
  /** Places on the axis of values that have a name: `p99`, `2 × p99`. */
  readonly named: readonly Tick[];
};

export type DosePlotLayout = {
  readonly box: PlotBox;
  readonly x: ScaleContinuousNumeric<number, number>;
  readonly y: ScaleContinuousNumeric<number, number>;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
  readonly band: string;
  readonly interval: string;
  readonly line: string;
};

const least = 1e-9;

/** Geometry of one quantity over the values: the latent's line with its interval over the band of the random latents. */
export function layOutDosePlot({ width, height, curve, values, named }: DosePlotInput): DosePlotLayout {
  const box = { left: 44, right: width - 14, top: 12, bottom: height - 34 };
  const x = scaleLinear(spread(values), [box.left, box.right]);
  const y = scaleLinear(spread(reach(curve)), [box.bottom, box.top]).nice(4);
  const [low = 0, high = 1] = y.domain();
  const ofPoints = <Datum extends { readonly x: number }>(low: (d: Datum) => number, high: (d: Datum) => number) =>
    area<Datum>()
      .x((d) => x(d.x))
      .y0((d) => y(low(d)))
      .y1((d) => y(high(d)));
  return {
    box,
    x,
    y,
    xTicks: named.length > 0 ? apart(named, x) : linearTicks(spread(values), Math.max(2, Math.floor((box.right - box.left) / 60))),
    yTicks: linearTicks([low, high], 4),
    band:
      ofPoints<DoseCurve["band"][number]>(
        (d) => d.low,
        (d) => d.high,
      )([...curve.band]) ?? "",
    interval:
      ofPoints<DoseCurve["points"][number]>(
        (d) => d.y - (d.halfWidth ?? 0),
        (d) => d.y + (d.halfWidth ?? 0),
      )([...curve.points]) ?? "",
    line:
      line<DoseCurve["points"][number]>()
        .x((d) => x(d.x))
        .y((d) => y(d.y))([...curve.points]) ?? "",
  };
}

/** All that has to be in sight; 0 where a quantity is measured from there. */
function reach({ points, band, adapter, base, reference }: DoseCurve): number[] {
  return [
    ...points.flatMap(({ y, halfWidth }) => [y - (halfWidth ?? 0), y + (halfWidth ?? 0)]),
    ...band.flatMap(({ low, high }) => [low, high]),
    ...(reference === "zero" ? [0] : [adapter, base].filter((value) => value !== null)),
  ];
}

function spread(values: readonly number[]): [number, number] {
  const [low = 0, high = 1] = extent(values);
  return high - low > least ? [low, high] : [low - 0.5, high + 0.5];
}

/** Named places whose labels do not touch; of two that would, the first stays. */
function apart(named: readonly Tick[], x: (value: number) => number): Tick[] {
  const kept: Tick[] = [];
  for (const tick of named) {
    const isFree = kept.every((other) => Math.abs(x(other.value) - x(tick.value)) > 3.4 * (other.label.length + tick.label.length));
    if (isFree) kept.push(tick);
  }
  return kept;
}
