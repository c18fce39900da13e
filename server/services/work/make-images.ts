import { type ImageEvent, imageEvent, type MakeImagesRequest } from "@/lib/contract/make-images";
import { storedRunConfig } from "@/lib/contract/run-config";
import { taskOf } from "@/lib/contract/tasks/tasks";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";
import { checkEdited } from "./ask-reading";
import { askWorker } from "./ask-worker";
import { runWithAdapter } from "./run-with-adapter";
import { workerEvents } from "./worker-lines";

const lostWorker = "The worker stopped while making images. It restarts automatically: try again in a few seconds.";

/**
 * Makes images with a run over a diffusion model on a worker: base model, adapter and edits from the same noise. Aborting the signal, or leaving the loop,
 * stops the worker.
 *
 * @throws ServiceError before the first event; later failures are `error` events
 */
export async function makeImages(
  context: ServiceContext,
  runId: string,
  request: MakeImagesRequest,
  signal: AbortSignal,
): Promise<AsyncGenerator<ImageEvent, void>> {
  const run = await runWithAdapter(context, runId);
  if (taskOf(storedRunConfig.parse(run.config)).kind !== "denoising")
    throw new ServiceError("invalid", `${run.name} adapts no diffusion model, so it makes no images.`);
  const { edits, dose, editedTimesteps } = request;
  const edited = dose === undefined ? undefined : edits[dose.edit];
  if (dose !== undefined && (edited === undefined || !("value" in edited)))
    throw new ServiceError("invalid", "A dose needs an edit with a value: scale, clamp or add.", { field: "dose.edit" });
  if (editedTimesteps !== undefined && editedTimesteps.from > editedTimesteps.to)
    throw new ServiceError("invalid", `Time steps ${editedTimesteps.from} to ${editedTimesteps.to} are an empty range.`, {
      field: "editedTimesteps",
    });
  await checkEdited(context, run, { edits, dose: undefined });
  const response = await askWorker(context, {
    ...{ path: "/images", body: { runId, request }, signal },
    ...(run.modelId === null ? {} : { model: run.modelId }),
  });
  if (response.body === null) throw new ServiceError("internal", "The worker's answer has no body.");
  return workerEvents<ImageEvent>(response.body, {
    parse: (value) => imageEvent.parse(value),
    lost: { kind: "error", message: lostWorker },
    signal,
  });
}
