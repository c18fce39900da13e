import { basename, resolve } from "node:path";
import type { DataSetSummary } from "@/lib/contract/data-set";
import { findDataSetByPath, readDataSet, upsertDataSet } from "@/server/db/library/data-sets";
import { newId } from "@/server/db/new-id";
import { openDataSet } from "@/server/files/data/data-set";
import { summariseDataSet } from "@/server/files/data/data-set-summary";
import type { ServiceContext } from "@/server/services/context";
import { found, withFileErrors } from "@/server/services/errors";

/** Reads a file or folder of rows from end to end and adds it; the same path is read anew and keeps its id. */
export async function addDataSet({ store }: ServiceContext, request: { path: string; name?: string | undefined }): Promise<DataSetSummary> {
  const path = resolve(request.path);
  const { summary, format, sizeBytes } = await withFileErrors(async () => {
    const dataSet = openDataSet(path);
    return { summary: await summariseDataSet(dataSet), format: dataSet.format, sizeBytes: dataSet.sizeBytes };
  }, "path");
  const before = await findDataSetByPath(store.db, path);
  const id = before?.id ?? newId();
  const name = request.name ?? before?.name ?? basename(path);
  await upsertDataSet(store.db, { id, name, path, format, sizeBytes, licence: before?.licence ?? null, ...summary });
  return found(await readDataSet(store.db, id), "such data set");
}
