import type { Concept } from "@/lib/contract/concept";
import { probeSizes } from "@/lib/contract/probing";
import type { InParts } from "@/server/engine/tensor/in-parts";
import type { ModuleInputs } from "./module-inputs";
import { latentFeatures, type ProbeFeatures, stateFeatures } from "./probe-features";
import { foldsOf, type ProbeRows, type ProbeSplit, probeSplit } from "./probe-rows";
import type { SparseLines } from "./sparse-lines";
import { type MeasuredProbe, measureProbe, probeAuroc, rankedColumns } from "./sparse-probe";

/** Mean activations of the latents of every module, with the place of each row by its number. */
export type MeansOfPass = { readonly means: ReadonlyMap<string, SparseLines>; readonly placeOf: ReadonlyMap<number, number> };

const mostColumns = Math.max(...probeSizes);

/** Probes of each size, in the order of `probeSizes`. */
export type SizedProbes = readonly MeasuredProbe[];

/** Probes of a concept on the latents of one module. */
export type LatentProbing = {
  readonly module: string;
  readonly split: ProbeSplit;
  readonly latents: SizedProbes;
};

/** The same beside probes on what the module reads in the base model, and the constant prediction. */
export type ConceptProbing = LatentProbing & {
  /** On as many channels of the module's input. */
  readonly channels: SizedProbes;
  /** On all of them. */
  readonly dense: MeasuredProbe;
  /** Accuracy on the test rows of the train rows' more common class. */
  readonly constant: number;
};

/**
 * Sparse probing as in SAEBench: of a module's latents the k whose mean activation differs most between positives and negatives of the train rows, and
 * a logistic regression on them. The module is the one whose latents do best in folds of the train rows. Yields after each module.
 *
 * @throws RangeError without modules, or as `probeSplit`
 */
export function* probeLatents({ means, placeOf }: MeansOfPass, concept: Concept, seed: number): InParts<LatentProbing> {
  const split = probeSplit(concept, placeOf, seed);
  const folds = foldsOf(split.train);
  let best: { module: string; features: ProbeFeatures; auroc: number } | undefined;
  for (const [module, lines] of means) {
    const features = latentFeatures(lines, placeOf.size);
    const auroc = means.size === 1 ? 1 : meanAuroc(features, folds);
    if (best === undefined || auroc > best.auroc) best = { module, features, auroc };
    yield;
  }
  if (best === undefined) throw new RangeError("there is no module to probe");
  return { module: best.module, split, latents: yield* probeSized(best.features, split, seed) };
}

/**
 * Probes on the base model's states at the same place: the module's own input. Yields after each.
 *
 * @throws RangeError where the module's input was not read
 */
export function* probeStates(latents: LatentProbing, inputs: ReadonlyMap<string, ModuleInputs>, seed: number): InParts<ConceptProbing> {
  const { module, split } = latents;
  const input = inputs.get(module);
  if (input === undefined) throw new RangeError(`${module}: its input was not read`);
  const features = stateFeatures(input.states, input.channels);
  const all = Int32Array.from({ length: input.channels }, (_, channel) => channel);
  const channels = yield* probeSized(features, split, seed);
  return { ...latents, channels, dense: measureProbe(features, all, split, seed), constant: constantAccuracy(split) };
}

/** Probes on as many columns as each size says, or on all that differ where there are fewer. Yields after each. */
function* probeSized(features: ProbeFeatures, split: ProbeSplit, seed: number): InParts<SizedProbes> {
  const ranked = rankedColumns(features, split.train, mostColumns);
  const probes: MeasuredProbe[] = [];
  for (const k of probeSizes) {
    probes.push(measureProbe(features, ranked.subarray(0, k), split, seed));
    yield;
  }
  return probes;
}

/** The accuracy on the test rows of saying the more common class of the train rows of every row; its AUROC is 0.5. */
function constantAccuracy({ train, test }: ProbeSplit): number {
  const share = ({ positives, negatives }: ProbeRows) => positives.length / (positives.length + negatives.length);
  return share(train) >= 0.5 ? share(test) : 1 - share(test);
}

/** Over folds and sizes. */
function meanAuroc(features: ProbeFeatures, folds: readonly ProbeSplit[]): number {
  let sum = 0;
  for (const fold of folds) {
    const ranked = rankedColumns(features, fold.train, mostColumns);
    for (const k of probeSizes) sum += probeAuroc(features, ranked.subarray(0, k), fold);
  }
  return sum / (folds.length * probeSizes.length);
}
