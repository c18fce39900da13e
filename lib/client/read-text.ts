import { type ReadTextInput, type TextEvent, textEvent } from "@/lib/contract/read-text";
import { request } from "./fetch-json";
import { runPath } from "./runs";

/**
 * Reads a text with a run's adapter and tells each event as it comes: the tokens, then module by module what fires. Aborting the signal stops the
 * worker too.
 *
 * @throws RequestFailure when the server refuses before the stream begins; later failures come as `error` events
 */
export function readText(runId: string, body: ReadTextInput, onEvent: (event: TextEvent) => void, signal?: AbortSignal): Promise<void> {
  return readEvents(runId, "text", body, onEvent, signal);
}

/** The events of a reading. @param what is read: the end of the route */
export function readEvents(
  runId: string,
  what: "text" | "picture",
  body: object,
  onEvent: (event: TextEvent) => void,
  signal?: AbortSignal,
): Promise<void> {
  return readLines(runId, what, body, (line) => onEvent(textEvent.parse(line)), signal);
}

/** The lines of JSON that a route of a run answers. @param what is asked: the end of the route */
export async function readLines(
  runId: string,
  what: "text" | "picture" | "images",
  body: object,
  onLine: (line: unknown) => void,
  signal?: AbortSignal,
): Promise<void> {
  const response = await request(`${runPath(runId)}/${what}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });
  if (response.body === null) throw new Error("the answer has no body");
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for await (const line of streamedLines(reader)) onLine(JSON.parse(line));
  } finally {
    await reader.cancel();
  }
}

/** Whole lines of streamed text, however it is cut; empty ones are passed over, and so is a last one that was cut off. */
export async function* streamedLines(reader: ReadableStreamDefaultReader<string>): AsyncGenerator<string, void> {
  // A module's line is some megabytes in many pieces: they are joined once, at the line's end.
  let pieces: string[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const [first = "", ...rest] = value.split("\n");
    pieces.push(first);
    for (const next of rest) {
      const line = pieces.join("");
      if (line !== "") yield line;
      pieces = [next];
    }
  }
}
