import type { ExperimentDetail, ExperimentTrial } from "@/lib/contract/experiment";
import { methodOf } from "@/lib/contract/methods/methods";
import { type ShapeGrid, shapeGrid } from "./shape-grid";
import { type RangedPoint, rangedPoint } from "./side-values";

/** The mean loss at a learning rate, with the range over seeds, and the loss of each. */
type RatePoint = RangedPoint & { readonly losses: readonly number[] };

/** Loss by learning rate of one adapter of an arm. */
export type RateCurve = {
  readonly key: string;
  readonly arm: number;
  /** The arm's name. */
  readonly name: string;
  readonly adapter: ExperimentTrial["adapter"];
  /** Whether the arm tries no other adapter, so that its name suffices. */
  readonly isAlone: boolean;
  /** In ascending order of the rate. */
  readonly points: readonly RatePoint[];
};

type Trials = Pick<ExperimentDetail, "trials" | "request">;

/** Loss at the end of the sweep's complete trials against their learning rate, on one set of domains: a curve for each adapter of each arm. */
export function rateCurves({ trials, request }: Trials, domainSet: number | null): RateCurve[] {
  const curves = new Map<string, Pick<ExperimentTrial, "arm" | "adapter"> & { readonly losses: Map<number, number[]> }>();
  for (const { stage, status, evaluation, arm, adapter, learningRate, ...trial } of trials) {
    if (stage !== "sweep" || status !== "finished" || trial.domainSet !== domainSet) continue;
    if (evaluation === null || !Number.isFinite(evaluation.loss)) continue;
    const key = `${arm} ${JSON.stringify(adapter)}`;
    const curve = curves.get(key) ?? { arm, adapter, losses: new Map<number, number[]>() };
    curve.losses.set(learningRate, [...(curve.losses.get(learningRate) ?? []), evaluation.loss]);
    curves.set(key, curve);
  }
  return [...curves].map(([key, { arm, adapter, losses }]) => ({
    key,
    arm,
    name: request.arms[arm]?.name ?? "arm",
    adapter,
    isAlone: (request.arms[arm]?.adapters.length ?? 1) === 1,
    points: [...losses].map(([rate, all]) => ({ ...rangedPoint(rate, all), losses: all })).sort((a, b) => a.x - b.x),
  }));
}

/** The sets of domains that arms of an experiment are trained on; null for all together. */
export function domainSetsOf({ domainSets }: ExperimentDetail["request"]): (number | null)[] {
  return domainSets === null ? [null] : [...domainSets.keys()];
}

/** Lowest loss over the learning rates by k and numLatents, for each arm and set of domains on which several of both were tried. */
export function sweptGrids(experiment: Trials): { readonly arm: number; readonly domainSet: number | null; readonly grid: ShapeGrid }[] {
  return domainSetsOf(experiment.request).flatMap((domainSet) => {
    const shaped = rateCurves(experiment, domainSet).flatMap(({ arm, adapter, points }) => {
      const sparsity = methodOf(adapter).sparsityOf(adapter);
      return sparsity === null ? [] : [{ arm, ...sparsity, value: Math.min(...points.map(({ y }) => y)) }];
    });
    return [...new Set(shaped.map(({ arm }) => arm))].flatMap((arm) => {
      const grid = shapeGrid(
        shaped.filter((one) => one.arm === arm),
        "lower",
      );
      return grid === null ? [] : [{ arm, domainSet, grid }];
    });
  });
}
