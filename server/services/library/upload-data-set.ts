import { basename, extname } from "node:path";
import type { DataSetSummary } from "@/lib/contract/data-set";
import { newId } from "@/server/db/new-id";
import type { ServiceContext } from "@/server/services/context";
import { withFileErrors } from "@/server/services/errors";
import { addDataSet } from "./add-data-set";

const largestBytes = 16 * 2 ** 30;

/** Takes in one file of rows. @throws ServiceError when it cannot be read or the disk is full; nothing is left behind */
export async function uploadDataSet(context: ServiceContext, fileName: string, body: AsyncIterable<Uint8Array>): Promise<DataSetSummary> {
  const folder = `data/${newId()}`;
  const ending = extname(fileName).toLowerCase();
  const name = basename(fileName).slice(0, 120) || "uploaded data";
  const stem = basename(fileName, extname(fileName))
    .replace(/[^\w-]+/g, "-")
    .slice(0, 80);
  const key = `${folder}/${/^\w/.test(stem) ? stem : `rows${stem}`}${/^\.[a-z0-9]+$/.test(ending) ? ending : ""}`;
  try {
    await withFileErrors(() => context.artefacts.putStream(key, body, largestBytes));
    return await addDataSet(context, { path: context.artefacts.path(key), name });
  } catch (error) {
    context.artefacts.delete(folder);
    throw error;
  }
}
