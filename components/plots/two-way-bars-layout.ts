import { scaleLinear } from "d3";
import type { PlotBox } from "./line-chart-layout";
import { linearTicks, type Tick } from "./ticks";

export type TwoWayBar = { readonly x: number; readonly up: number; readonly down: number };
export type TwoWayBarsLayout = {
  readonly box: PlotBox;
  readonly bars: readonly (TwoWayBar & {
    readonly left: number;
    readonly width: number;
    readonly topY: number;
    readonly bottomY: number;
  })[];
  readonly zero: number;
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
};

/** Counts upwards and downwards from one zero line, on one scale; each bar ends at its x and is as wide as the closest two are apart. */
export function layOutTwoWayBars(
  bars: readonly TwoWayBar[],
  width: number,
  height: number,
  xDomain: readonly [number, number],
): TwoWayBarsLayout {
  const box = { left: 40, right: width - 8, top: 14, bottom: height - 36 };
  const most = Math.max(1, ...bars.flatMap((bar) => [bar.up, bar.down]));
  const x = scaleLinear(xDomain, [box.left, box.right]);
  const y = scaleLinear([-most, most], [box.bottom, box.top]).nice(4);
  const gaps = bars.slice(1).map((bar, index) => bar.x - (bars[index]?.x ?? bar.x));
  const interval = Math.min(...(gaps.length > 0 ? gaps : [xDomain[1] - xDomain[0]]).filter((gap) => gap > 0));
  const slot = Number.isFinite(interval) ? Math.min(18, x(xDomain[0] + interval) - box.left) : 6;
  const [low = -most, high = most] = y.domain();
  return {
    box,
    bars: bars.map((bar) => ({
      ...bar,
      left: Math.max(box.left, x(bar.x) - slot),
      width: Math.max(1, slot - 1.5),
      topY: y(bar.up),
      bottomY: y(-bar.down),
    })),
    zero: y(0),
    x,
    y,
    xTicks: linearTicks(xDomain, 3),
    yTicks: linearTicks([low, high], 5).map((tick) => ({ ...tick, label: tick.label.replace("−", "") })),
  };
}
