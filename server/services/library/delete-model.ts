import { readModel, deleteModel as removeModel } from "@/server/db/library/models";
import { modelHasUnfinishedRuns } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError, withFileErrors } from "@/server/services/errors";

/** Removes a model from the list, and its files when they lie in the data folder; files elsewhere are a person's own. */
export async function deleteModel({ store, artefacts }: ServiceContext, modelId: string): Promise<void> {
  const model = found(await readModel(store.db, modelId), "such model");
  if (await modelHasUnfinishedRuns(store.db, modelId)) {
    throw new ServiceError("conflict", `Runs that have not ended use ${model.name}: cancel them or let them end, then remove it.`);
  }
  await removeModel(store.db, modelId);
  const key = ownedKey(artefacts.path("models"), model.path);
  if (key !== undefined) await withFileErrors(() => artefacts.delete(key));
}

/** The key of the folder or file in `root` that holds `path`; undefined for what lies elsewhere. */
export function ownedKey(root: string, path: string): string | undefined {
  if (!path.startsWith(`${root}/`)) return undefined;
  const first = path.slice(root.length + 1).split("/")[0];
  return first ? `${root.slice(root.lastIndexOf("/") + 1)}/${first}` : undefined;
}
