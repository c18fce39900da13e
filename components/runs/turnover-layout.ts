import { max, scaleLinear } from "d3";
import type { HealthMetrics } from "@/lib/contract/run";

export type TurnoverBar = {
  step: number;
  x: number;
  width: number;
  birthsTop: number;
  deathsBottom: number;
  births: number;
  deaths: number;
};
export type TurnoverLayout = {
  box: { left: number; right: number; top: number; bottom: number };
  zero: number;
  bars: TurnoverBar[];
  x: (step: number) => number;
  y: (count: number) => number;
  /** The largest count, by which the axis is cut. */
  most: number;
};

/** Births upward and deaths downward from one zero line, a bar for each window, ending at its step. */
export function layOutTurnover(health: readonly HealthMetrics[], steps: number, width: number, height: number): TurnoverLayout {
  const box = { left: 44, right: Math.max(60, width - 12), top: 14, bottom: height - 36 };
  const x = scaleLinear([0, Math.max(1, steps)], [box.left, box.right]);
  const most = Math.max(1, max(health, (window) => Math.max(window.births, window.deaths)) ?? 1);
  const y = scaleLinear([-most, most], [box.bottom, box.top]).nice(2);
  const bars = health.map((window, index) => {
    const from = health[index - 1]?.step ?? 0;
    const left = x(from);
    return {
      step: window.step,
      x: left + 0.5,
      width: Math.max(1, x(window.step) - left - 1.5),
      birthsTop: y(window.births),
      deathsBottom: y(-window.deaths),
      births: window.births,
      deaths: window.deaths,
    };
  });
  return { box, zero: y(0), bars, x, y, most: y.domain()[1] ?? most };
}
