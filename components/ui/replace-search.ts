const pauseMs = 400;

/** What is about to be written, and over which address. */
let waiting: { over: string; search: URLSearchParams } | null = null;
let lastAt = Number.NEGATIVE_INFINITY;

/**
 * Writes the address's query without a step in the history, at most every 400 ms: Safari and Firefox refuse after about a hundred writes in ten
 * seconds. The last of several within that time is written, unless a link was followed meanwhile.
 */
export function replaceSearch(search: URLSearchParams): void {
  const isFirst = waiting === null;
  waiting = { over: window.location.href, search };
  const pause = lastAt + pauseMs - Date.now();
  if (pause <= 0) write();
  else if (isFirst) setTimeout(write, pause);
}

/** The address's query, or the one that is about to be written. */
export function currentSearch(): URLSearchParams {
  return waiting?.over === window.location.href ? new URLSearchParams(waiting.search) : new URLSearchParams(window.location.search);
}

function write(): void {
  if (waiting === null) return;
  const { over, search } = waiting;
  waiting = null;
  if (over !== window.location.href) return;
  lastAt = Date.now();
  const text = search.toString();
  window.history.replaceState(null, "", text === "" ? window.location.pathname : `?${text}`);
}
