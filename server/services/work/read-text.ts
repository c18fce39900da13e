import type { z } from "zod";
import { type ReadTextRequest, type readTextRequest, type TextEvent, textEvent } from "@/lib/contract/read-text";
import type { CollectionRow } from "@/server/db/latents/collections";
import type { RunRow } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";
import { finishedCollection } from "@/server/services/latents/finished-collection";
import { demandLatents } from "@/server/services/runs/demand-latents";
import { isOfText, readsImages } from "@/server/services/runs/demand-text";
import { adapterShape, checkEdits, checkLatent } from "@/server/services/steering/adapter-shape";
import { askWorker } from "./ask-worker";
import { runWithAdapter } from "./run-with-adapter";
import { withCollected } from "./with-collected";
import { workerEvents } from "./worker-lines";

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
    throw new ServiceError("invalid", `${run.name} reads images. Its latents are collected over a dataset of images, not read on a text.`);
  }
  await checkReading(context, run, request);
  const { collectionId, ...asked } = request;
  const collection = collectionId === undefined ? null : await collectionOf(context, run, collectionId);
  const response = await askWorker(context, {
    path: "/text",
    body: { runId, request: asked },
    signal,
    ...(run.modelId === null ? {} : { model: run.modelId }),
  });
  if (response.body === null) throw new ServiceError("internal", "The worker's answer has no body.");
  const events = workerEvents<TextEvent>(response.body, {
    parse: (value) => textEvent.parse(value),
    lost: { kind: "error", message: lostWorker },
    signal,
  });
  return collection === null ? events : withCollected(context, collection, events);
}

/** @throws ServiceError where the run has no such finished collection */
async function collectionOf({ store }: ServiceContext, run: RunRow, collectionId: string): Promise<CollectionRow> {
  const collection = await finishedCollection(store, collectionId);
  if (collection.runId !== run.id) refuse("collectionId", `${run.name} has no such collection.`);
  return collection;
}

/** @throws ServiceError naming the field that the run's model cannot take, and what to do */
async function checkReading(context: ServiceContext, run: RunRow, { edits, dose, second, towards }: ReadTextRequest): Promise<void> {
  if (isOfText(run)) {
    const why = `${run.name} uses a causal language model`;
    if (edits !== undefined) refuse("edits", `${why}: use edits with generation instead (maxTokens 0 reads only the prompt).`);
    if (dose !== undefined) refuse("dose", `${why}: use a dose study instead.`);
    if (second !== undefined) refuse("second", `${why}, which does not read text pairs: leave it out, or put both into the text.`);
    if (towards !== undefined)
      refuse("towards", `${why}, which has no classes; attribution uses the loss of the text itself. Leave it out.`);
    return;
  }
  if ((edits ?? []).length === 0 && dose === undefined) return;
  const shape = await adapterShape(context, run);
  checkEdits(shape, edits ?? [], "edits");
  if (dose === undefined) return;
  checkLatent(shape, dose.latent, "dose.latent");
  const { scope } = dose;
  if (typeof scope === "object" && scope.from > scope.to)
    refuse("dose.scope", `Positions ${scope.from} to ${scope.to} are an empty range.`);
}

function refuse(field: string, message: string): never {
  throw new ServiceError("invalid", message, { field });
}

const lostWorker = "The worker stopped while reading the text. It restarts automatically: try again in a few seconds.";
