/** How a stream of live events stands: `lost` once it has been away for some seconds. */
export type Connection = "connecting" | "open" | "lost";

export type LiveListener = { onMessage: (data: string) => void; onConnection?: ((connection: Connection) => void) | undefined };

const firstPauseMs = 1000;
const longestPauseMs = 30_000;
const sayLostAfterMs = 3000;

/**
 * Reads a stream of server-sent events until the returned function is called. A browser reopens a stream that breaks, but gives one up whose answer is an
 * error (a restarting server, a proxy's 502): that one is opened again here, after a pause that doubles and varies, so that pages do not come all at once.
 */
export function openLiveSource(path: string, { onMessage, onConnection }: LiveListener): () => void {
  let source: EventSource;
  let pauseMs = firstPauseMs;
  let reopen: ReturnType<typeof setTimeout> | undefined;
  let sayLost: ReturnType<typeof setTimeout> | undefined;

  const open = () => {
    source = new EventSource(path);
    source.onmessage = ({ data }) => onMessage(data);
    source.onopen = () => {
      pauseMs = firstPauseMs;
      clearTimeout(sayLost);
      sayLost = undefined;
      onConnection?.("open");
    };
    source.onerror = () => {
      sayLost ??= setTimeout(() => onConnection?.("lost"), sayLostAfterMs);
      if (source.readyState !== EventSource.CLOSED) return;
      reopen = setTimeout(open, pauseMs * (0.5 + Math.random() / 2));
      pauseMs = Math.min(2 * pauseMs, longestPauseMs);
    };
  };

  onConnection?.("connecting");
  open();
  return () => {
    clearTimeout(reopen);
    clearTimeout(sayLost);
    source.close();
  };
}
