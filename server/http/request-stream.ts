/** What is read and dropped of a body that nobody wanted; ours. */
const mostDrained = 2 ** 30;
const drainMs = 60_000;

/** A request's raw body, piece by piece. */
export async function* readStream(request: Request): AsyncGenerator<Uint8Array> {
  if (request.body === null) return;
  const reader = request.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.releaseLock();
  }
}

/**
 * Drops what a route has left of the request's body: a client that is still sending reads the answer only when all is sent, and a connection that is
 * closed before looks like a broken network. What is too much, or comes too slowly, is cut off.
 */
export async function drain({ body }: Request, mostBytes = mostDrained): Promise<void> {
  if (body === null || body.locked) return;
  const reader = body.getReader();
  const cut = () => void reader.cancel().catch(() => {});
  const timer = setTimeout(cut, drainMs);
  try {
    for (let bytes = 0; bytes < mostBytes; ) {
      const { done, value } = await reader.read();
      if (done) return;
      bytes += value.byteLength;
    }
    await reader.cancel();
  } catch {
    // The client went away.
  } finally {
    clearTimeout(timer);
  }
}
