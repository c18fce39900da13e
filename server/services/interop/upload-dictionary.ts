import { basename } from "node:path";
import type { JobSummary } from "@/lib/contract/run";
import { newId } from "@/server/db/new-id";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError, withFileErrors } from "@/server/services/errors";
import { type StartOnce, takeUpload } from "@/server/services/take-upload";
import { importDictionary } from "./import-dictionary";

const largestBytes = 64 * 2 ** 30;

/** Takes in a .tar, .tar.gz or .tgz of a Neuronpedia export and queues its import; the file goes when it is read. */
export async function uploadDictionary(
  context: ServiceContext,
  fileName: string,
  body: AsyncIterable<Uint8Array>,
  startOnce?: StartOnce,
): Promise<JobSummary> {
  const ending = /\.(tar|tgz|tar\.gz)$/i.exec(fileName)?.[0].toLowerCase();
  if (ending === undefined) {
    throw new ServiceError("invalid", `${fileName} is not a .tar, .tar.gz or .tgz of a Neuronpedia export.`, { field: "name" });
  }
  const key = `dictionaries/${newId()}${ending}`;
  const name = basename(fileName).slice(0, -ending.length).slice(0, 120) || "uploaded dictionary";
  const receive = () => withFileErrors(() => context.artefacts.putStream(key, body, largestBytes));
  const start = (context: ServiceContext) => importDictionary(context, { path: context.artefacts.path(key), name, isOwned: true });
  return takeUpload(context, { fileName, keys: [key], receive, start }, startOnce);
}
