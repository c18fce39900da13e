import type { GenerateInput } from "@/lib/contract/api";
import { type GenerateEvent, generateEvent } from "@/lib/contract/generate";
import { request } from "./fetch-json";
import { runPath } from "./runs";

/**
 * Generates with a run's adapter and gives each event as it is made. Aborting the signal, or leaving the loop, stops the worker too.
 *
 * @throws RequestFailure when the server refuses before the stream begins; later failures come as `error` events
 */
export async function* streamGenerate(
  runId: string,
  body: Omit<GenerateInput, "stream">,
  options: { signal?: AbortSignal } = {},
): AsyncGenerator<GenerateEvent, void> {
  const response = await request(`${runPath(runId)}/generate`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream" },
    body: JSON.stringify(body),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  if (response.body === null) throw new Error("the answer has no body");
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for await (const data of serverSentData(reader)) yield generateEvent.parse(JSON.parse(data));
  } finally {
    await reader.cancel();
  }
}

/** The `data` of each server-sent event; comments and other fields are passed over. */
export async function* serverSentData(reader: ReadableStreamDefaultReader<string>): AsyncGenerator<string, void> {
  let waiting = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    waiting += value;
    for (let end = waiting.indexOf("\n\n"); end >= 0; end = waiting.indexOf("\n\n")) {
      const lines = waiting.slice(0, end).split("\n");
      waiting = waiting.slice(end + 2);
      const data = lines.filter((line) => line.startsWith("data:")).map((line) => line.slice(5).trimStart());
      if (data.length > 0) yield data.join("\n");
    }
  }
}
