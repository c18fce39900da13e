"use client";
import { type ReactNode, useSyncExternalStore } from "react";

/**
 * Shows `fallback` in the server's HTML and in the first render in the browser, then its children. For what the server cannot know: the reader's time
 * zone, what this browser keeps, what stands behind `#` in the address.
 */
export function Hydrated({ fallback = null, children }: { fallback?: ReactNode; children: ReactNode }) {
  return useIsHydrated() ? children : fallback;
}

/** False on the server and in the render that must agree with the server's; true after it. */
export function useIsHydrated(): boolean {
  return useSyncExternalStore(neverChanges, inBrowser, onServer);
}

const neverChanges = () => () => undefined;
const inBrowser = () => true;
const onServer = () => false;
