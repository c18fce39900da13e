import type { z } from "zod";
import type { ReadTextRequest, readTextRequest, TextEvent } from "@/lib/contract/read-text";
import type { RunRow } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";
import { demandLatents } from "@/server/services/runs/demand-latents";
import { isOfText, readsImages } from "@/server/services/runs/demand-text";
import { askReading, checkEdited } from "./ask-reading";
import { runWithAdapter } from "./run-with-adapter";

/**
 * Reads a text with a run's adapter on a worker, and gives what fires module by module, as it is found, with what a collection knows of it where one is
 * named. Aborting the signal stops the worker.
 *
 * @throws ServiceError before the first event; later failures are `error` events
 */
export async function readText(
  context: ServiceContext,
  runId: string,
  request: z.output<typeof readTextRequest>,
  signal: AbortSignal,
): Promise<AsyncGenerator<TextEvent, void>> {
  const run = demandLatents(await runWithAdapter(context, runId));
  if (readsImages(run)) {
    throw new ServiceError("invalid", `${run.name} reads images: send a picture to POST /api/runs/{run}/picture.`);
  }
  if (isOfText(run)) checkOfText(run, request);
  else await checkEdited(context, run, request);
  return askReading(context, run, { path: "/text", request, lost: "reading the text" }, signal);
}

/** @throws ServiceError naming the field that a model that continues text cannot take, and what to do */
function checkOfText(run: RunRow, { edits, dose, second, towards }: ReadTextRequest): void {
  const why = `${run.name} uses a causal language model`;
  if (edits !== undefined) refuse("edits", `${why}: use edits with generation instead (maxTokens 0 reads only the prompt).`);
  if (dose !== undefined) refuse("dose", `${why}: use a dose study instead.`);
  if (second !== undefined) refuse("second", `${why}, which does not read text pairs: leave it out, or put both into the text.`);
  if (towards !== undefined) refuse("towards", `${why}, which has no classes; attribution uses the loss of the text itself. Leave it out.`);
}

function refuse(field: string, message: string): never {
  throw new ServiceError("invalid", message, { field });
}
