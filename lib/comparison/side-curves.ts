import type { ComparedSide, CurvePoint } from "@/lib/contract/comparison";
import { meanOf } from "@/lib/numbers/intervals";
import { type RangedPoint, rangedPoint } from "./side-values";

/** What held-out loss is drawn against. */
export const curveAxes = ["step", "tokens", "flops", "seconds"] as const;
export type CurveAxis = (typeof curveAxes)[number];

/**
 * A side's held-out loss: the mean over its runs and their range, at the steps at which all of them were evaluated; against tokens, FLOPs or
 * seconds, at the mean of what these steps had taken.
 */
export function meanCurve({ runs }: ComparedSide, axis: CurveAxis): RangedPoint[] {
  const curves = runs.map(({ curve }) => curve).filter((curve) => curve.length > 0);
  return (curves[0] ?? []).flatMap(({ step }): RangedPoint[] => {
    const points = curves.flatMap((curve) => curve.find((point) => point.step === step) ?? []);
    const places = points.flatMap((point: CurvePoint) => point[axis] ?? []);
    if (points.length < curves.length || places.length < points.length) return [];
    return [
      rangedPoint(
        meanOf(places),
        points.map(({ loss }) => loss),
      ),
    ];
  });
}

/** The loss of the base model, or of the constant prediction, if all runs agree to a thousandth. */
export function sharedBaseLoss(sides: readonly ComparedSide[]): number | null {
  const losses = sides.flatMap(({ runs }) => runs.flatMap(({ curve }) => curve.at(-1)?.baseLoss ?? []));
  const [first] = losses;
  return first !== undefined && losses.every((loss) => Math.abs(loss - first) < 1e-3) ? first : null;
}
