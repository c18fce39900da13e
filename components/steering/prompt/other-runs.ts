import type { RunSummary } from "@/lib/contract/run";

/** Runs that can stand beside one: with an adapter over the same base model, LoRA first, then as they were listed. */
export function otherRunsFor(run: RunSummary, runs: readonly RunSummary[]): RunSummary[] {
  const able = runs.filter((other) => {
    const hasAdapter = other.status === "finished" || other.status === "stopped";
    return other.id !== run.id && hasAdapter && isSameModel(run, other);
  });
  return [...able.filter(({ method }) => method === "lora"), ...able.filter(({ method }) => method !== "lora")];
}

function isSameModel(one: RunSummary, other: RunSummary): boolean {
  return one.modelId === null ? one.modelName === other.modelName : one.modelId === other.modelId;
}
