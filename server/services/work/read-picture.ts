import type { z } from "zod";
import { mostPictureBytes, type readPictureRequest } from "@/lib/contract/read-picture";
import type { TextEvent } from "@/lib/contract/read-text";
import { isAnswerTask, taskOf } from "@/lib/contract/tasks/tasks";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";
import { demandLatents } from "@/server/services/runs/demand-latents";
import { readsImages } from "@/server/services/runs/demand-text";
import { askReading, checkEdited, collectionOf } from "./ask-reading";
import { runWithAdapter } from "./run-with-adapter";

/**
 * Reads a picture with a run's adapter on a worker, as `readText` reads a text: what the head answers for it, also under edits, and what fires at each patch.
 *
 * @throws ServiceError before the first event; later failures are `error` events
 */
export async function readPicture(
  context: ServiceContext,
  runId: string,
  request: z.output<typeof readPictureRequest>,
  signal: AbortSignal,
): Promise<AsyncGenerator<TextEvent, void>> {
  const run = demandLatents(await runWithAdapter(context, runId));
  if (!readsImages(run)) throw new ServiceError("invalid", `${run.name} reads texts: send one to POST /api/runs/{run}/text.`);
  if (!isAnswerTask(taskOf(run.config)))
    throw new ServiceError("invalid", `${run.name} denoises images: it answers nothing of a picture that could be steered.`);
  const { picture } = request;
  if (picture.kind === "file" && Buffer.byteLength(picture.data, "base64") > mostPictureBytes)
    throw new ServiceError("tooLarge", `${picture.name} is larger than ${mostPictureBytes} bytes: make it smaller.`);
  if (picture.kind === "row" && picture.collectionId !== undefined)
    await collectionOf(context, run, picture.collectionId, "picture.collectionId");
  await checkEdited(context, run, request);
  return askReading(context, run, { path: "/picture", request, lost: "reading the picture" }, signal);
}
