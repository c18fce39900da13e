/** What a worker streams, one JSON object a line, until it ends or fails in words of its own. */
type StreamedEvent = { kind: string };

/**
 * A worker's answer, line by line, parsed. A stream that breaks off before its end is followed by `lost`; one that the signal cut off simply ends.
 */
export async function* workerEvents<Event extends StreamedEvent>(
  body: ReadableStream<Uint8Array>,
  options: { parse: (value: unknown) => Event; lost: Event; signal: AbortSignal },
): AsyncGenerator<Event, void> {
  let hasEnded = false;
  try {
    for await (const line of lines(body)) {
      const event = options.parse(JSON.parse(line));
      hasEnded ||= event.kind === "end" || event.kind === "error";
      yield event;
    }
  } catch (error) {
    // A stream that breaks off is a TypeError of fetch; anything else is a bug.
    if (!(error instanceof TypeError) && !options.signal.aborted) throw error;
  }
  if (!hasEnded && !options.signal.aborted) yield options.lost;
}

/** Lines of a stream of text; a last one without an end is given too. Leaving the loop lets the stream go. */
async function* lines(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  // A line of a module's activations is some megabytes in many pieces: they are joined once, at the line's end.
  let pieces: string[] = [];
  for await (const chunk of body) {
    const [first = "", ...rest] = decoder.decode(chunk, { stream: true }).split("\n");
    pieces.push(first);
    for (const next of rest) {
      const line = pieces.join("");
      if (line !== "") yield line;
      pieces = [next];
    }
  }
  const last = pieces.join("");
  if (last !== "") yield last;
}
