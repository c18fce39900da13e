import { type Connection, type LiveListener, openLiveSource } from "./live-source";

type Shared = { readonly data: string } | { readonly connection: Connection };

/**
 * Reads a stream as `openLiveSource` does, through one connection for all windows of this browser: it keeps six connections to a server, and each open
 * stream holds one. The window that has the stream's lock reads it and passes on what it reads; when that window closes, the next one takes over. A window
 * that joins opens a stream of its own for its first message alone, which tells what it may have missed; what follows comes from the others.
 *
 * Without Web Locks, which browsers offer on https and localhost alone, every window reads its own stream.
 */
export function openSharedSource(path: string, listener: LiveListener): () => void {
  // Its type says that it is always there.
  const locks: LockManager | undefined = globalThis.navigator?.locks;
  if (locks === undefined) return openLiveSource(path, listener);
  const { onMessage, onConnection } = listener;
  const name = `stanscope ${path}`;
  const channel = new BroadcastChannel(name);
  const end = new AbortController();
  let closeOwn = () => {};
  channel.onmessage = ({ data: shared }: MessageEvent<Shared>) => {
    if ("data" in shared) onMessage(shared.data);
    else onConnection?.(shared.connection);
  };

  /** Reads for all, for as long as this window has the lock. */
  const lead = async () => {
    if (end.signal.aborted) return;
    closeOwn();
    closeOwn = openLiveSource(path, {
      onMessage: (data) => {
        channel.postMessage({ data } satisfies Shared);
        onMessage(data);
      },
      onConnection: (connection) => {
        channel.postMessage({ connection } satisfies Shared);
        onConnection?.(connection);
      },
    });
    await new Promise<void>((resolve) => end.signal.addEventListener("abort", () => resolve(), { once: true }));
  };
  const join = () => {
    closeOwn = openLiveSource(path, {
      onMessage: (data) => {
        closeOwn();
        onMessage(data);
      },
      onConnection,
    });
  };

  void (async () => {
    const isFirst = await locks
      .request(name, { ifAvailable: true }, async (lock) => {
        if (lock !== null) await lead();
        return lock !== null;
      })
      .catch(() => "refused" as const);
    // A browser may refuse locks to a page in a frame of another site.
    if (isFirst === "refused" && !end.signal.aborted) closeOwn = openLiveSource(path, listener);
    if (isFirst || end.signal.aborted) return;
    join();
    // Rejected when this window ends before its turn comes.
    await locks.request(name, { signal: end.signal }, lead).catch(() => {});
  })();

  return () => {
    end.abort();
    closeOwn();
    channel.close();
  };
}
