import type { LineSeries } from "@/components/plots/line-chart-layout";
import type { ComparedSide, CurvePoint } from "@/lib/contract/comparison";
import { meanOf } from "@/lib/numbers/intervals";
import type { CurveAxis } from "./compare-address";

/** Whether an axis can show any side's curve: imported runs may lack tokens and times. */
export function hasCurveAxis(sides: readonly ComparedSide[], axis: CurveAxis): boolean {
  return sides.some((side) => side.runs.some(({ curve }) => curve.some((point) => point.step > 0 && point[axis] !== null)));
}

/**
 * A side's held-out loss: the mean over its runs and their range, at the steps at which all of them were evaluated; against tokens, operations or seconds,
 * at the mean of what these steps had taken.
 */
export function sideSeries(side: ComparedSide, axis: CurveAxis, { isSecond }: { readonly isSecond: boolean }): LineSeries {
  const curves = side.runs.map(({ curve }) => curve).filter((curve) => curve.length > 0);
  const steps = (curves[0] ?? []).map(({ step }) => step).filter((step) => curves.every((curve) => at(curve, step) !== undefined));
  const placed = steps.flatMap((step) => {
    const points = curves.flatMap((curve) => at(curve, step) ?? []);
    const places = points.flatMap((point) => point[axis] ?? []);
    if (points.length === 0 || places.length < points.length) return [];
    const losses = points.map(({ loss }) => loss);
    return [{ x: meanOf(places), y: meanOf(losses), low: Math.min(...losses), high: Math.max(...losses) }];
  });
  return {
    key: side.name,
    label: side.name,
    mark: side.method,
    line: placed.map(({ x, y }) => ({ x, y })),
    ...(curves.length > 1 ? { band: placed } : {}),
    ...(isSecond ? { isSecond } : {}),
  };
}

/** The base model's loss on the held-out rows, if all sides agree to a thousandth of a nat. */
export function sharedBaseLoss(sides: readonly ComparedSide[]): number | null {
  const losses = sides.flatMap((side) => side.runs.flatMap(({ curve }) => curve.at(-1)?.baseLoss ?? []));
  const [first] = losses;
  return first !== undefined && losses.every((loss) => Math.abs(loss - first) < 1e-3) ? first : null;
}

function at(curve: readonly CurvePoint[], step: number): CurvePoint | undefined {
  return curve.find((point) => point.step === step);
}
