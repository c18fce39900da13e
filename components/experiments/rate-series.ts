import type { LineSeries } from "@/components/plots/line-chart-layout";
import type { RateCurve } from "@/lib/comparison/rate-curves";
import { methodOf } from "@/lib/contract/methods/methods";

/** Loss against the logarithm (base 10) of the learning rate, the range over seeds shaded. */
export function rateSeries(curves: readonly RateCurve[]): LineSeries[] {
  const seen = new Set<string>();
  return curves.map(({ key, name, adapter, isAlone, points }) => {
    const isSecond = seen.has(adapter.method);
    seen.add(adapter.method);
    const placed = points.map((point) => ({ ...point, x: Math.log10(point.x) }));
    return {
      key,
      label: isAlone ? name : `${name} ${methodOf(adapter).settingOf(adapter)}`,
      mark: adapter.method,
      points: placed.map(({ x, y }) => ({ x, y })),
      ...(points.some(({ losses }) => losses.length > 1) ? { band: placed } : {}),
      isSecond,
    };
  });
}
