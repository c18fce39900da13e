import type { LineSeries } from "@/components/plots/line-chart-layout";
import { type CurveAxis, meanCurve } from "@/lib/comparison/side-curves";
import type { ComparedSide } from "@/lib/contract/comparison";

/** Whether an axis can show any side's curve: imported runs may lack tokens and times. */
export function hasCurveAxis(sides: readonly ComparedSide[], axis: CurveAxis): boolean {
  return sides.some((side) => side.runs.some(({ curve }) => curve.some((point) => point.step > 0 && point[axis] !== null)));
}

/** A side's held-out loss as a line, with the range over its runs if there are several. */
export function sideSeries(side: ComparedSide, axis: CurveAxis, { isSecond }: { readonly isSecond: boolean }): LineSeries {
  const points = meanCurve(side, axis);
  return {
    key: side.name,
    label: side.name,
    mark: side.method,
    line: points.map(({ x, y }) => ({ x, y })),
    ...(side.runs.filter(({ curve }) => curve.length > 0).length > 1 ? { band: points } : {}),
    ...(isSecond ? { isSecond } : {}),
  };
}
