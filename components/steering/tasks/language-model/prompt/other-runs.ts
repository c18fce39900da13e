import { isDenseMethod } from "@/lib/contract/methods/methods";
import { hasAdapter, type RunSummary } from "@/lib/contract/run";

/** Runs that can stand beside one: with an adapter over the same base model, adapters without selection first, then as they were listed. */
export function otherRunsFor(run: RunSummary, runs: readonly RunSummary[]): RunSummary[] {
  const able = runs.filter((other) => other.id !== run.id && hasAdapter(other) && isSameModel(run, other));
  const isDense = ({ method }: RunSummary) => isDenseMethod(method);
  return [...able.filter(isDense), ...able.filter((other) => !isDense(other))];
}

function isSameModel(one: RunSummary, other: RunSummary): boolean {
  return one.modelId === null ? one.modelName === other.modelName : one.modelId === other.modelId;
}
