import { type MemoryPlan, memoryPlan, type PlannedRun, totalBytes } from "./memory-plan";
import { isEncoder, type ModelSummary, readsImages } from "./model";

/** Ways to hold less, those that leave the numbers as they are first. */
export const memoryRemedies = ["checkpointing", "oneRow", "bfloat16", "nf4", "halfLength", "upperLayers"] as const;
export type MemoryRemedy = (typeof memoryRemedies)[number];

/** What each is called where it is offered. */
export const remedyNames: Readonly<Record<MemoryRemedy, string>> = {
  checkpointing: "gradient checkpointing",
  oneRow: "micro-batches of 1 row",
  bfloat16: "bfloat16 weights",
  nf4: "4-bit weights (NF4)",
  halfLength: "rows half as long",
  upperLayers: "upper layers only",
};

/** Bytes that each would save, of those that save at least a hundredth. */
export function savedByRemedies(run: PlannedRun, model: ModelSummary): { readonly remedy: MemoryRemedy; readonly savedBytes: number }[] {
  const plan = memoryPlan(run, model);
  if (plan === null) return [];
  const saved = (remedy: MemoryRemedy): number => {
    const changed = remedied(run, model, remedy);
    const other: MemoryPlan | null = changed === null ? null : memoryPlan(changed, model);
    return other === null ? 0 : totalBytes(plan) - totalBytes(other);
  };
  return memoryRemedies
    .map((remedy) => ({ remedy, savedBytes: saved(remedy) }))
    .filter(({ savedBytes }) => savedBytes >= totalBytes(plan) / 100);
}

/** The run with a remedy; null where it has it already. */
function remedied(run: PlannedRun, model: ModelSummary, remedy: MemoryRemedy): PlannedRun | null {
  const { adapter, training, frozenDtype } = run;
  switch (remedy) {
    case "checkpointing":
      return training.recomputeBlocks === true ? null : { ...run, training: { ...training, recomputeBlocks: true } };
    case "oneRow":
      return { ...run, training: { ...training, microBatchRows: 1 } };
    case "bfloat16":
      return frozenDtype === "float32" ? { ...run, frozenDtype: "bfloat16" } : null;
    case "nf4":
      return isEncoder(model) || frozenDtype === "nf4" || frozenDtype === "stored" ? null : { ...run, frozenDtype: "nf4" };
    case "halfLength":
      if (readsImages(model)) return null;
      return { ...run, training: { ...training, maxTokens: Math.max(2, Math.floor(training.maxTokens / 2)) } };
    case "upperLayers": {
      if (!("targets" in adapter) || adapter.targets === null || adapter.targets.layers !== null) return null;
      const targets = { ...adapter.targets, layers: upperLayers(model) };
      return { ...run, adapter: { ...adapter, targets } };
    }
  }
}

export function upperLayers({ numLayers }: Pick<ModelSummary, "numLayers">): number[] {
  return Array.from({ length: numLayers }, (_, layer) => layer).slice(Math.floor(numLayers / 2));
}
