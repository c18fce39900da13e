import type { LoraTensors } from "@/lib/contract/methods/lora/tensors";
import type { LatentMethodName } from "@/lib/contract/methods/methods";
import type { VeraTensors } from "@/lib/contract/methods/vera/tensors";
import { Random } from "@/lib/numbers/random";
import { Adapter } from "@/server/engine/adapters/adapter";
import type { EffectRow } from "@/server/engine/effects/ablation";
import type { LoraSettings } from "@/server/engine/methods/lora/lora-module";
import type { StanSettings } from "@/server/engine/methods/stan/stan-module";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { padRows } from "@/server/engine/models/row-batches";
import { free } from "@/server/engine/tensor/scope";
import { loraSettings, stanSettings, veraSettings } from "@/tests/server/engine/tiny";

/** A STAN adapter whose update is large beside the toy models' own projections. */
export function toyStan(model: CausalModel, targets: readonly string[], more: Partial<StanSettings> = {}): Adapter {
  return Adapter.create(model.projections, stanSettings(targets, { numLatents: 13, k: 2, alpha: 120, init: "small", ...more }), 3);
}

/** The same with BatchTopK, whose thresholds are those of one pass over the toy rows. */
export function toyBatchTopK(model: CausalModel, targets: readonly string[], more: Partial<StanSettings> = {}): Adapter {
  const adapter = toyStan(model, targets, { sparsity: "batchtopk", ...more });
  const batch = padRows(toyRows());
  free(model.lossAndGradients(batch, adapter.trainingHooks(undefined, undefined, batch.attentionMask), 1).gradients);
  adapter.endStep();
  adapter.release();
  return adapter;
}

/** A LoRA adapter with random B; of DoRA the magnitudes lie around half and twice what they start from. */
export function toyLora(model: CausalModel, targets: readonly string[], rank = 5, more: Partial<LoraSettings> = {}): Adapter {
  const fresh = Adapter.create(model.projections, loraSettings(targets, { rank, alpha: 40, ...more }), 3);
  const { modules } = fresh;
  const tensors = fresh.tensors() as Map<string, LoraTensors>;
  fresh.free();
  const random = new Random(11);
  for (const { B } of tensors.values()) B.data.set(B.data.map(() => random.nextNormal() / 50));
  for (const { magnitude } of tensors.values())
    magnitude?.data.forEach((value, row) => {
      magnitude.data[row] = value * Math.exp(random.nextNormal() / 2);
    });
  return new Adapter(modules, tensors, model.projections);
}

/** A VeRA adapter with random λ_b. */
export function toyVera(model: CausalModel, targets: readonly string[], rank = 5): Adapter {
  const fresh = Adapter.create(model.projections, veraSettings(targets, { rank, dInitial: 1 }), 3);
  const { modules } = fresh;
  const tensors = fresh.tensors() as Map<string, VeraTensors>;
  fresh.free();
  const random = new Random(11);
  for (const { lambdaB } of tensors.values()) lambdaB.data.set(lambdaB.data.map(() => random.nextNormal() / 4));
  return new Adapter(modules, tensors, model.projections);
}

/** A toy adapter of every method with latents. */
export const toyAdapters: { readonly [Method in LatentMethodName]: (model: CausalModel, targets: readonly string[]) => Adapter } = {
  stan: toyStan,
  lora: toyLora,
  vera: toyVera,
};
export const toyMethods = Object.keys(toyAdapters) as LatentMethodName[];

/** Eleven rows of 2 to 13 tokens of a vocabulary of 23, in two domains; row 4 has no label, row 7 only two. */
export function toyRows(): EffectRow[] {
  const random = new Random(8);
  return [5, 13, 2, 7, 3, 11, 5, 13, 2, 7, 3].map((length, row) => {
    const ids = Int32Array.from({ length }, () => random.nextBelow(23));
    const isLabelled = (at: number) => (row === 4 ? false : row === 7 ? at === 3 || at === 9 : at % 5 !== 3);
    return { ids, labels: ids.map((id, at) => (isLabelled(at) ? id : -100)), domain: row === 2 ? null : row % 2 === 0 ? "even" : "odd" };
  });
}

/** Runs a generator to its end, and gathers what it yields of its progress. */
export function finish<Progress, Result>(work: Generator<Progress | undefined, Result, void>): { progress: Progress[]; result: Result } {
  const progress: Progress[] = [];
  for (let step = work.next(); ; step = work.next()) {
    if (step.done === true) return { progress, result: step.value };
    if (step.value !== undefined) progress.push(step.value);
  }
}
