import type { ModelSummary } from "@/lib/contract/model";
import { readModel } from "@/server/db/library/models";
import { retryWhileDown } from "@/server/db/retry-while-down";
import type { JobContext } from "./job-context";

/** The model of this id. @throws Error naming it when it has been removed */
export async function resolveModel(
  { store, modelIds }: Pick<JobContext, "store" | "modelIds">,
  modelId: string,
  name: string,
): Promise<ModelSummary> {
  const model = await retryWhileDown(() => readModel(store.db, modelId));
  if (model === undefined) throw new Error(`the model ${name} was removed; add it again`);
  modelIds.set(model.path, model.id);
  return model;
}
