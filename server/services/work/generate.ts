import { type GenerateEvent, type GenerateRequest, generateEvent } from "@/lib/contract/generate";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";
import { askWorker } from "./ask-worker";
import { runWithAdapter } from "./run-with-adapter";
import { workerEvents } from "./worker-lines";

/**
 * Generates with a run's adapter on a worker, and gives its events as they are made. Aborting the signal stops the worker.
 *
 * @throws ServiceError before the first event; later failures are `error` events
 */
export async function generate(
  context: ServiceContext,
  runId: string,
  request: GenerateRequest,
  signal: AbortSignal,
): Promise<AsyncGenerator<GenerateEvent, void>> {
  const run = await runWithAdapter(context, runId);
  const response = await askWorker(context, {
    path: "/generate",
    body: { runId, request },
    signal,
    ...(run.modelId === null ? {} : { model: run.modelId }),
  });
  if (response.body === null) throw new ServiceError("internal", "The worker's answer has no body.");
  return workerEvents<GenerateEvent>(response.body, {
    parse: (value) => generateEvent.parse(value),
    lost: { kind: "error", message: lostWorker },
    signal,
  });
}

const lostWorker = "The worker went away while it was generating. It is started again by itself: try once more in a few seconds.";
