import { rmSync } from "node:fs";
import { basename, extname } from "node:path";
import type { JobSummary } from "@/lib/contract/run";
import { newId } from "@/server/db/new-id";
import { checkModel } from "@/server/files/weights/check-model";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError, withFileErrors } from "@/server/services/errors";
import { type StartOnce, takeUpload } from "@/server/services/take-upload";
import { startJob } from "@/server/services/work/start-job";
import { unpackModel } from "./unpack-model";

const largestBytes = 64 * 2 ** 30;

/**
 * Takes in one .gguf file, or a .tar of a Hugging Face folder.
 *
 * @throws ServiceError when it is neither, holds no model, or the disk is full; nothing is left behind
 */
export async function uploadModel(
  context: ServiceContext,
  fileName: string,
  body: AsyncIterable<Uint8Array>,
  startOnce?: StartOnce,
): Promise<JobSummary> {
  const kind = extname(fileName).toLowerCase();
  if (kind !== ".gguf" && kind !== ".tar") {
    throw new ServiceError("invalid", `${fileName} is neither a .gguf file nor a .tar of a Hugging Face folder.`, { field: "name" });
  }
  const name = basename(fileName, extname(fileName)).slice(0, 120) || "uploaded model";
  const { artefacts } = context;
  const key = `models/${newId()}`;
  const file = kind === ".gguf" ? `${key}/model.gguf` : `${key}.tar`;
  const path = artefacts.path(kind === ".gguf" ? file : key);
  const receive = async () => {
    const received = await withFileErrors(() => artefacts.putStream(file, body, largestBytes));
    if (kind === ".tar") {
      await withFileErrors(() => unpackModel(artefacts.path(file), artefacts.path(key)));
      rmSync(artefacts.path(file));
    }
    await withFileErrors(() => checkModel(path));
    return received;
  };
  const start = (context: ServiceContext) =>
    startJob(context, { title: `Add ${name}`, input: { kind: "addModel", path, name, isOwned: true }, unit: "bytes" });
  return takeUpload(context, { fileName, keys: [file, key], receive, start }, startOnce);
}
