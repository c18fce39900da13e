import { type Generated, type GenerateEvent, type GenerateRequest, generateEvent } from "@/lib/contract/generate";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";
import { demandText } from "@/server/services/runs/demand-text";
import { keepGeneration } from "@/server/services/steering/keep-generation";
import { askWorker } from "./ask-worker";
import { gatherGenerated } from "./gather-generated";
import { runWithAdapter } from "./run-with-adapter";
import { workerEvents } from "./worker-lines";

/**
 * Generates with a run's adapter on a worker, and gives its events as they are made. Aborting the signal, or leaving the loop, stops the worker. What
 * is to be kept goes into the run's history at its end, or with what there was when the reader went.
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
  demandText(run);
  if (request.isKept && request.images !== undefined) {
    throw new ServiceError("invalid", "A generation with images is not kept in the history, which holds none: set isKept to false.", {
      field: "isKept",
    });
  }
  if (request.arms.includes("other")) {
    if (request.otherRun === undefined) {
      throw new ServiceError("invalid", "The arm 'other' needs a second run with the same base model.", { field: "otherRun" });
    }
    await runWithAdapter(context, request.otherRun);
  }
  const response = await askWorker(context, {
    path: "/generate",
    body: { runId, request },
    signal,
    ...(run.modelId === null ? {} : { model: run.modelId }),
  });
  if (response.body === null) throw new ServiceError("internal", "The worker's answer has no body.");
  const events = workerEvents<GenerateEvent>(response.body, {
    parse: (value) => generateEvent.parse(value),
    lost: { kind: "error", message: lostWorker, code: "unavailable" },
    signal,
  });
  return request.isKept ? keeping(events, (generated) => keepGeneration(context, runId, request, generated)) : events;
}

/**
 * The same at once.
 *
 * @throws ServiceError also for what fails on the way, and when the signal is aborted
 */
export async function generateWhole(
  context: ServiceContext,
  runId: string,
  request: GenerateRequest,
  signal: AbortSignal,
): Promise<Generated> {
  const events: GenerateEvent[] = [];
  for await (const event of await generate(context, runId, request, signal)) {
    if (event.kind === "error") throw new ServiceError(event.code ?? "invalid", event.message);
    events.push(event);
  }
  const generated = events.at(-1)?.kind === "end" ? gatherGenerated(events, 0) : undefined;
  if (generated === undefined) throw new ServiceError("unavailable", "The generation was stopped before it finished.");
  return generated;
}

/** Passes events on and keeps them once the last is there, or the reader has gone; the end tells where. What failed is not kept. */
async function* keeping(
  events: AsyncGenerator<GenerateEvent, void>,
  keep: (generated: Generated) => Promise<string>,
): AsyncGenerator<GenerateEvent, void> {
  const seen: GenerateEvent[] = [];
  const startedAt = performance.now();
  let isKept = false;
  try {
    for await (const event of events) {
      seen.push(event);
      if (event.kind !== "end") {
        yield event;
        continue;
      }
      const generated = gatherGenerated(seen, 0);
      isKept = true;
      yield generated === undefined ? event : { ...event, generation: await keep(generated) };
    }
  } finally {
    const stopped = isKept ? undefined : gatherGenerated(seen, (performance.now() - startedAt) / 1000);
    if (stopped?.arms.some(({ tokens }) => tokens.length > 0)) await keep(stopped);
  }
}

const lostWorker = "The worker stopped while generating. It restarts automatically: try again in a few seconds.";
