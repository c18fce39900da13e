"use client";
import { type ReactNode, useSyncExternalStore } from "react";

/**
 * Shows `fallback` in the server's HTML and in the first render in the browser, then its children. For what lives from queries: their
 * cache may be filled before a part of the page is hydrated, and the two would differ.
 */
export function Hydrated({ fallback = null, children }: { fallback?: ReactNode; children: ReactNode }) {
  const isHydrated = useSyncExternalStore(neverChanges, inBrowser, onServer);
  return isHydrated ? children : fallback;
}

const neverChanges = () => () => undefined;
const inBrowser = () => true;
const onServer = () => false;
