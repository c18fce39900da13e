import type { EndpointKey } from "@/lib/contract/endpoints";
import { type FailureCode, failureStatuses } from "@/lib/contract/failure";
import type { OpenaiFailure } from "@/lib/contract/openai-answer";
import { eventsOf } from "./event-stream";
import { failureOf } from "./failures";
import { handle, type Work } from "./handle";

/**
 * A handler under /v1: as any other, with failures as OpenAI's clients read them. A client's key is the server's token, where it
 * demands one (`scripts/web/door.mjs`).
 */
export function handleOpenai<Key extends EndpointKey>(key: Key, work: Work<Key>) {
  return handle(key, work, openaiRefusal);
}

export function openaiRefusal(error: unknown): Response {
  const { code, body } = openaiFailureOf(error);
  return Response.json(body, { status: failureStatuses[code] });
}

/** An answer whole or streamed. A client that goes away ends the generation. */
export async function completionAnswer<Whole, Chunk>(
  request: Request,
  isStreamed: boolean,
  make: { whole: (signal: AbortSignal) => Promise<Whole>; chunks: (signal: AbortSignal) => AsyncGenerator<Chunk, void> },
): Promise<Whole | Response> {
  const stop = new AbortController();
  if (request.signal.aborted) stop.abort();
  request.signal.addEventListener("abort", () => stop.abort());
  if (!isStreamed) return make.whole(stop.signal);
  const chunks = make.chunks(stop.signal);
  // What is wrong with a request shows by its first chunk, while the answer can still have a status.
  const first = await chunks.next();
  return eventsOf(withFailure(first, chunks), stop, "[DONE]");
}

async function* withFailure<Chunk>(
  first: IteratorResult<Chunk, void>,
  rest: AsyncGenerator<Chunk, void>,
): AsyncGenerator<Chunk | OpenaiFailure, void> {
  try {
    if (!first.done) yield first.value;
    yield* rest;
  } catch (error) {
    yield openaiFailureOf(error).body;
  } finally {
    await rest.return();
  }
}

const openaiCodes: Partial<Record<FailureCode, string>> = {
  notFound: "model_not_found",
  conflict: "model_not_ready",
  unavailable: "service_unavailable",
  busy: "worker_busy",
  tooLarge: "request_too_large",
  forbidden: "forbidden",
};

function openaiFailureOf(error: unknown): { code: FailureCode; body: OpenaiFailure } {
  const { code, message, field } = failureOf(error);
  const isOurs = failureStatuses[code] >= 500;
  const param = field ?? null;
  const ofClient = code === "notFound" && param !== "model" ? "not_found" : (openaiCodes[code] ?? null);
  return { code, body: { error: { message, type: isOurs ? "server_error" : "invalid_request_error", param, code: ofClient } } };
}
