import type { RouterTransitionType } from "next";

/** The address that a navigation under way leaves; null where none has begun. */
let left: string | null = null;
let written: History["replaceState"] | null = null;

/**
 * Next calls this when a navigation begins (`instrumentation-client.ts`). Next also takes a write to the address as a navigation, which discards the one
 * that waits for the server: a link clicked right after typing would lead nowhere. Until the browser has left the address, writes to it are the browser's
 * alone.
 */
export function navigationBegins(url: string, type: RouterTransitionType): void {
  if (type === "traverse") return;
  const { href } = window.location;
  left = new URL(url, href).href === href ? null : href;
  if (window.history.replaceState !== written) watchWrites(window.history);
}

function watchWrites(history: History): void {
  const write = history.replaceState.bind(history);
  written = (data, unused, url) => {
    const isLeaving = left === window.location.href && !isOfRouter(data);
    // A write that carries the router's own state is passed on to the browser as it is.
    write(isLeaving ? { ...history.state, ...data } : data, unused, url);
    if (isLeaving) left = window.location.href;
  };
  history.replaceState = written;
}

function isOfRouter(data: unknown): boolean {
  return typeof data === "object" && data !== null && "__NA" in data;
}
