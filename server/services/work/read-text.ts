import type { z } from "zod";
import { type readTextRequest, type TextEvent, textEvent } from "@/lib/contract/read-text";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";
import { demandLatents } from "@/server/services/runs/demand-latents";
import { askWorker } from "./ask-worker";
import { runWithAdapter } from "./run-with-adapter";
import { workerEvents } from "./worker-lines";

/**
 * Reads a text with a run's adapter on a worker, and gives what fires module by module, as it is found. Aborting the signal stops the worker.
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
  const response = await askWorker(context, {
    path: "/text",
    body: { runId, request },
    signal,
    ...(run.modelId === null ? {} : { model: run.modelId }),
  });
  if (response.body === null) throw new ServiceError("internal", "The worker's answer has no body.");
  return workerEvents<TextEvent>(response.body, {
    parse: (value) => textEvent.parse(value),
    lost: { kind: "error", message: lostWorker },
    signal,
  });
}

const lostWorker = "The worker went away while it was reading the text. It is started again by itself: try once more in a few seconds.";
