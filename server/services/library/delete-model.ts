import { readModel, deleteModel as removeModel } from "@/server/db/library/models";
import { modelHasUnfinishedRuns } from "@/server/db/runs/runs";
import { ownedKey } from "@/server/files/owned-key";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError, withFileErrors } from "@/server/services/errors";

/** Removes a model from the list, and its files when they lie in the data folder; files elsewhere are a person's own. */
export async function deleteModel({ store, artefacts }: ServiceContext, modelId: string): Promise<void> {
  const model = found(await readModel(store.db, modelId), "such model");
  if (await modelHasUnfinishedRuns(store.db, modelId)) {
    throw new ServiceError("conflict", `Unfinished runs use ${model.name}: cancel them or wait for them, then remove it.`);
  }
  await removeModel(store.db, modelId);
  const key = ownedKey(artefacts.root, model.path);
  if (key !== undefined) await withFileErrors(() => artefacts.delete(key));
}
