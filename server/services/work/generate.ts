import { type GenerateEvent, type GenerateRequest, generateEvent } from "@/lib/contract/generate";
import { latestCheckpoint } from "@/server/db/runs/checkpoints";
import { readRun } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError } from "@/server/services/errors";
import { askWorker } from "./ask-worker";

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
  const run = found(await readRun(context.store.db, runId), "such run");
  const hasAdapter =
    run.status === "finished" || run.status === "stopped" || (await latestCheckpoint(context.store.db, runId)) !== undefined;
  if (!hasAdapter) {
    throw new ServiceError("conflict", "The run has no adapter yet. Wait for its first checkpoint, then generate.");
  }
  const response = await askWorker(context, {
    path: "/generate",
    body: { runId, request },
    signal,
    ...(run.modelId === null ? {} : { model: run.modelId }),
  });
  if (response.body === null) throw new ServiceError("internal", "The worker's answer has no body.");
  return events(response.body, signal);
}

async function* events(body: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncGenerator<GenerateEvent, void> {
  let hasEnded = false;
  try {
    for await (const line of lines(body)) {
      const event = generateEvent.parse(JSON.parse(line));
      hasEnded ||= event.kind === "end" || event.kind === "error";
      yield event;
    }
  } catch (error) {
    // A stream that breaks off is a TypeError of fetch; anything else is a bug.
    if (!(error instanceof TypeError) && !signal.aborted) throw error;
  }
  if (!hasEnded && !signal.aborted) yield { kind: "error", message: lostWorker };
}

const lostWorker = "The worker went away while it was generating. It is started again by itself: try once more in a few seconds.";

/** Lines of a stream of text; a last one without an end is given too. Leaving the loop lets the stream go. */
async function* lines(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let waiting = "";
  for await (const chunk of body) {
    const parts = (waiting + decoder.decode(chunk, { stream: true })).split("\n");
    waiting = parts.pop() ?? "";
    yield* parts.filter((part) => part !== "");
  }
  if (waiting !== "") yield waiting;
}
