import type { DataSetSummary } from "@/lib/contract/data-set";
import { findDataSetByPath } from "@/server/db/library/data-sets";
import { newId } from "@/server/db/new-id";
import { addDataSet } from "@/server/jobs/add-data-set";
import type { ServiceContext } from "@/server/services/context";
import { jobAtWork } from "./job-at-work";

/** A data set that a worker has read from a file or folder. */
export async function storedDataSet(
  { store, dataFolder }: ServiceContext,
  path: string,
  name: string | null = null,
): Promise<DataSetSummary> {
  await addDataSet(jobAtWork(store, { taskId: newId(), dataFolder }), { kind: "addDataSet", path, name, isOwned: false });
  const added = await findDataSetByPath(store.db, path);
  if (added === undefined) throw new Error(`${path} was not added`);
  return added;
}
