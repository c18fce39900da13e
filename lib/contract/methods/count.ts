import { isPlainName } from "@/lib/contract/expression";
import { type ModelSummary, timesIn } from "@/lib/contract/model";
import type { Counted, ModuleShape, ModuleSizes } from "./method";
import type { ModulePattern } from "./module-pattern";
import type { Targets } from "./targets";

type CountedLatents = {
  readonly targets: Targets;
  costOf(module: ModuleShape): Counted;
  readonly patterns: readonly (ModulePattern | undefined)[];
};

/** The sum over an adapter's modules. Null as `targetedProjections` gives it, and for patterns that are more than a last name part. */
export function countLatents({ targets, costOf, patterns }: CountedLatents, model: ModelSummary): Counted | null {
  const chosen = targetedProjections(targets, model);
  if (chosen === null || !patterns.every(isByLastPart)) return null;
  let [trainableParameters, activeParameters, flops] = [0, 0, 0];
  for (const { name, dIn, dOut, times } of chosen) {
    const cost = costOf({ module: name, dIn, dOut });
    trainableParameters += cost.trainableParameters * times;
    activeParameters += cost.activeParameters * times;
    flops += cost.flops * times;
  }
  return { trainableParameters, activeParameters, flops };
}

/**
 * Of a module with a matrix that reads the input and one that writes the update, of `width` latents.
 *
 * @param perOutput numbers trained for each output beside the matrices; DoRA's magnitudes
 */
export function matricesCost({ width, activeWidth }: Omit<ModuleSizes, "scaling">, { dIn, dOut }: ModuleShape, perOutput = 0): Counted {
  const others = perOutput * dOut;
  return {
    trainableParameters: width * (dIn + dOut) + others,
    activeParameters: activeWidth * (dIn + dOut) + others,
    flops: 2 * (width * dIn + activeWidth * dOut + others),
  };
}

/** The projections that targets name, and how often the model has each; all of them for null. Null where a target names none of a block's by its kind. */
export function targetedProjections(targets: Targets | null, model: ModelSummary) {
  const { dModel, hasPooler } = model;
  const layers = targets?.layers ?? null;
  const pooler = { name: "pooler.dense", dIn: dModel, dOut: dModel, hasBias: true, times: 1 };
  const all = [
    ...model.projections.map((projection) => ({ ...projection, times: timesIn(projection, model, layers) })),
    ...(hasPooler === true && layers === null ? [pooler] : []),
  ];
  if (targets === null) return all;
  const isNamed = (name: string, target: string) => name === target || name.endsWith(`.${target}`);
  if (!targets.modules.every((target) => all.some(({ name }) => isNamed(name, target)))) return null;
  return all.filter(({ name }) => targets.modules.some((target) => isNamed(name, target)));
}

function isByLastPart(pattern: ModulePattern | undefined): boolean {
  return Object.keys(pattern ?? {}).every(isPlainName);
}
