import { readDataSet, deleteDataSet as removeDataSet } from "@/server/db/library/data-sets";
import { listUnfinishedRuns } from "@/server/db/runs/runs";
import { ownedKey } from "@/server/files/owned-key";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError, withFileErrors } from "@/server/services/errors";

/** Removes a data set from the list, and its file when it was uploaded; files elsewhere are a person's own. */
export async function deleteDataSet({ store, artefacts }: ServiceContext, dataSetId: string): Promise<void> {
  const dataSet = found(await readDataSet(store.db, dataSetId), "such dataset");
  if ((await listUnfinishedRuns(store.db)).some((run) => run.dataSetId === dataSetId)) {
    throw new ServiceError("conflict", `Unfinished runs use ${dataSet.name}: cancel them or wait for them, then remove it.`);
  }
  await removeDataSet(store.db, dataSetId);
  const key = ownedKey(artefacts.root, dataSet.path);
  if (key !== undefined) await withFileErrors(() => artefacts.delete(key));
}
