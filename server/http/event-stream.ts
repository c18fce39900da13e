const heartbeatMs = 15_000;
/** Events that may queue for a slow reader before it is disconnected; it reconnects and reads the current state. */
const mostWaiting = 1000;

export type EventSink = {
  send: (event: unknown) => void;
  close: () => void;
};

const headers = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  connection: "keep-alive",
  // Proxies that gather answers would hold events back.
  "x-accel-buffering": "no",
};

/**
 * An answer of server-sent events for as long as the reader stays. `begin` gets the sink and gives what ends the source; the answer begins when the
 * source is open, so a reader that has the answer's head misses nothing. A comment every 15 s keeps the connection and notices readers that are gone.
 */
export async function eventStream(request: Request, begin: (sink: EventSink) => Promise<() => void>): Promise<Response> {
  const encoder = new TextEncoder();
  let end: () => void = () => {};
  let isOver = false;
  let id = 0;
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const finish = () => {
    isOver = true;
    clearInterval(heartbeat);
    end();
  };
  const close = () => {
    if (isOver) return;
    finish();
    controller?.close();
  };
  const write = (text: string) => {
    if (!isOver) controller?.enqueue(encoder.encode(text));
  };
  const stream = new ReadableStream<Uint8Array>(
    {
      start: (ofStream) => {
        controller = ofStream;
      },
      cancel: finish,
    },
    { highWaterMark: 16 },
  );
  const heartbeat = setInterval(() => write(": still here\n\n"), heartbeatMs);
  request.signal.addEventListener("abort", close);
  write("retry: 1000\n\n");
  try {
    end = await begin({
      send(event) {
        if ((controller?.desiredSize ?? 0) < -mostWaiting) close();
        else write(`id: ${++id}\ndata: ${JSON.stringify(event)}\n\n`);
      },
      close,
    });
  } catch (error) {
    finish();
    throw error;
  }
  // The reader may have gone while the source was being opened.
  if (isOver) end();
  return new Response(stream, { headers });
}

/** An answer of server-sent events that ends with its source; a reader that goes away ends the source. `last` is sent as it is, after all. */
export function eventsOf(values: AsyncGenerator<unknown, void>, stop: AbortController, last?: string): Response {
  return new Response(
    textOf(values, stop, (value) => `data: ${JSON.stringify(value)}\n\n`, last === undefined ? "" : `data: ${last}\n\n`),
    { headers },
  );
}

/** An answer of lines of JSON that ends with its source; a reader that goes away ends the source. */
export function linesOf(values: AsyncGenerator<unknown, void>, stop: AbortController): Response {
  const stream = textOf(values, stop, (value) => `${JSON.stringify(value)}\n`);
  return new Response(stream, { headers: { ...headers, "content-type": "application/x-ndjson; charset=utf-8" } });
}

function textOf(
  values: AsyncGenerator<unknown, void>,
  stop: AbortController,
  write: (value: unknown) => string,
  last = "",
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await values.next();
      if (!done) return controller.enqueue(encoder.encode(write(value)));
      if (last !== "") controller.enqueue(encoder.encode(last));
      controller.close();
    },
    async cancel() {
      stop.abort();
      await values.return();
    },
  });
}

/** An answer whose body is made piece by piece, as a file to keep. */
export function download(parts: AsyncGenerator<string | Uint8Array>, file: { name: string; type: string }): Response {
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await parts.next();
      if (done) controller.close();
      else controller.enqueue(typeof value === "string" ? encoder.encode(value) : value);
    },
    async cancel() {
      await parts.return(undefined);
    },
  });
  return new Response(stream, {
    headers: { "content-type": file.type, "content-disposition": `attachment; filename="${file.name.replace(/[^\w.-]+/g, "-")}"` },
  });
}
