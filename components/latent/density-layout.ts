import { line, scaleLinear } from "d3";
import type { PlotBox } from "@/components/plots/line-chart-layout";
import { formatCount, formatPercent } from "@/lib/numbers/format";
import type { Tick } from "@/lib/numbers/ticks";

export type DensityPoint = { readonly step: number; readonly density: number };
export type DensityLayout = {
  readonly box: PlotBox;
  readonly x: (step: number) => number;
  readonly y: (density: number) => number;
  readonly path: string;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
};

/** Geometry of a latent's density over the steps of its training, from 0 on both axes. */
export function layOutDensity(points: readonly DensityPoint[], steps: number, width: number, height: number): DensityLayout {
  const most = points.reduce((largest, { density }) => Math.max(largest, density), 0);
  const box = { left: 52, right: Math.max(53, width - 12), top: 12, bottom: height - 22 };
  const x = scaleLinear([0, Math.max(1, steps)], [box.left, box.right]);
  const y = scaleLinear([0, most || 1e-3], [box.bottom, box.top]).nice(2);
  const top = y.domain()[1] ?? 1;
  const decimals = top >= 0.1 ? 0 : top >= 0.01 ? 1 : top >= 0.001 ? 2 : 3;
  return {
    box,
    x,
    y,
    path:
      line<DensityPoint>(
        (point) => x(point.step),
        (point) => y(point.density),
      )(points) ?? "",
    xTicks: [0, steps / 2, steps].map((value) => ({ value, label: formatCount(Math.round(value)) })),
    yTicks: [0, top / 2, top].map((value) => ({ value, label: formatPercent(value, value === 0 ? 0 : decimals) })),
  };
}
