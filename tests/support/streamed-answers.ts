/** A request whose answer a test streams line by line. */
export type StreamedRequest = {
  readonly path: string;
  readonly body: unknown;
  readonly signal: AbortSignal | undefined;
  /** Sends events as the endpoint writes them. */
  readonly send: (...events: readonly object[]) => void;
  readonly end: () => void;
};

/**
 * Stands in for `fetch`: streams the answers of some paths, and says of all others that there is no worker.
 *
 * @param frames by path, how the endpoint writes an event
 * @returns what was requested of these paths, oldest first
 */
export function streamedAnswers(frames: Readonly<Record<string, (event: object) => string>>): {
  readonly fetch: (path: string, init?: RequestInit) => Promise<Response>;
  readonly requests: StreamedRequest[];
} {
  const requests: StreamedRequest[] = [];
  const fetch = async (path: string, init: RequestInit = {}) => {
    const frame = frames[path];
    if (frame === undefined) return Response.json({ error: { code: "unavailable", message: "No worker." } }, { status: 503 });
    const signal = init.signal ?? undefined;
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>(undefined, { highWaterMark: 1000 }, { highWaterMark: 1000 });
    const writer = writable.getWriter();
    signal?.addEventListener("abort", () => void writer.abort(signal.reason).catch(() => undefined));
    const bytes = new TextEncoder();
    requests.push({
      path,
      body: JSON.parse(String(init.body)),
      signal,
      send: (...events) => {
        for (const event of events) void writer.write(bytes.encode(frame(event))).catch(() => undefined);
      },
      end: () => void writer.close().catch(() => undefined),
    });
    return new Response(readable);
  };
  return { fetch, requests };
}

/** A server-sent event. */
export function serverSentEvent(event: object): string {
  return `data: ${JSON.stringify(event)}\n\n`;
}

/** A line of JSON. */
export function jsonLine(event: object): string {
  return `${JSON.stringify(event)}\n`;
}
