import { basename, extname } from "node:path";
import type { JobSummary } from "@/lib/contract/run";
import { newId } from "@/server/db/new-id";
import { demandFileFormat } from "@/server/files/images/image-data";
import type { ServiceContext } from "@/server/services/context";
import { withFileErrors } from "@/server/services/errors";
import { type StartOnce, takeUpload } from "@/server/services/take-upload";
import { addDataSet } from "./add-data-set";

const largestBytes = 16 * 2 ** 30;

/** Takes in one file of rows, or an archive of images, and starts the job that reads it. @throws ServiceError when the disk is full or the format is not read; nothing is left behind */
export async function uploadDataSet(
  context: ServiceContext,
  fileName: string,
  body: AsyncIterable<Uint8Array>,
  startOnce?: StartOnce,
): Promise<JobSummary> {
  const folder = `data/${newId()}`;
  const ending = extname(fileName).toLowerCase();
  const name = basename(fileName).slice(0, 120) || "uploaded data";
  const stem = basename(fileName, extname(fileName))
    .replace(/[^\w-]+/g, "-")
    .slice(0, 80);
  const key = `${folder}/${/^\w/.test(stem) ? stem : `rows${stem}`}${/^\.[a-z0-9]+$/.test(ending) ? ending : ""}`;
  await withFileErrors(() => demandFileFormat(basename(fileName)), "name");
  const receive = () => withFileErrors(() => context.artefacts.putStream(key, body, largestBytes));
  const start = (context: ServiceContext) => addDataSet(context, { path: context.artefacts.path(key), name, isOwned: true });
  return takeUpload(context, { fileName, keys: [key, folder], receive, start }, startOnce);
}
