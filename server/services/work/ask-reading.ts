import { type ReadTextRequest, type TextEvent, textEvent } from "@/lib/contract/read-text";
import type { CollectionRow } from "@/server/db/latents/collections";
import type { RunRow } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";
import { finishedCollection } from "@/server/services/latents/finished-collection";
import { adapterShape, checkEdits, checkLatent } from "@/server/services/steering/adapter-shape";
import { askWorker } from "./ask-worker";
import { withCollected } from "./with-collected";
import { workerEvents } from "./worker-lines";

type Asked = {
  /** Of the worker. */
  readonly path: "/text" | "/picture";
  readonly request: { readonly collectionId?: string | undefined };
  /** What a worker that stops is stopped in, in words. */
  readonly lost: string;
};

/** Asks a worker to read an input with a run's adapter. @throws ServiceError where the run has no such finished collection, and as `askWorker` */
export async function askReading(
  context: ServiceContext,
  run: RunRow,
  { path, request, lost }: Asked,
  signal: AbortSignal,
): Promise<AsyncGenerator<TextEvent, void>> {
  const { collectionId, ...asked } = request;
  const collection = collectionId === undefined ? null : await collectionOf(context, run, collectionId, "collectionId");
  const response = await askWorker(context, {
    ...{ path, body: { runId: run.id, request: asked }, signal },
    ...(run.modelId === null ? {} : { model: run.modelId }),
  });
  if (response.body === null) throw new ServiceError("internal", "The worker's answer has no body.");
  const message = `The worker stopped while ${lost}. It restarts automatically: try again in a few seconds.`;
  const events = workerEvents<TextEvent>(response.body, {
    parse: (value) => textEvent.parse(value),
    lost: { kind: "error", message },
    signal,
  });
  return collection === null ? events : withCollected(context, collection, events);
}

/** @param field that names it @throws ServiceError where the run has no such finished collection */
export async function collectionOf({ store }: ServiceContext, run: RunRow, collectionId: string, field: string): Promise<CollectionRow> {
  const collection = await finishedCollection(store, collectionId);
  if (collection.runId === run.id) return collection;
  throw new ServiceError("invalid", `${run.name} has no such collection.`, { field });
}

/** Holds what an encoder's reading edits against its adapter. @throws ServiceError naming the field that it cannot take */
export async function checkEdited(
  context: ServiceContext,
  run: RunRow,
  { edits, dose }: Pick<ReadTextRequest, "edits" | "dose">,
): Promise<void> {
  if ((edits ?? []).length === 0 && dose === undefined) return;
  const shape = await adapterShape(context, run);
  checkEdits(shape, edits ?? [], "edits");
  if (dose === undefined) return;
  checkLatent(shape, dose.latent, "dose.latent");
  const { scope } = dose;
  if (typeof scope !== "object" || scope.from <= scope.to) return;
  throw new ServiceError("invalid", `Positions ${scope.from} to ${scope.to} are an empty range.`, { field: "dose.scope" });
}
