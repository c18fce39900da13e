"use client";
import { useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import { type LatentParams, paramNames, readLatentParams, writeLatentParams } from "./latent-params";

/** The table's parameters as the address has them, and how to change them without leaving the page or touching what else the address says. */
export function useLatentParams(): readonly [LatentParams, (next: LatentParams) => void] {
  const search = useSearchParams();
  const params = useMemo(() => readLatentParams(new URLSearchParams(search.toString())), [search]);
  const set = useCallback((next: LatentParams) => {
    const changed = new URLSearchParams(window.location.search);
    for (const name of paramNames) changed.delete(name);
    for (const [name, value] of new URLSearchParams(writeLatentParams(next))) changed.set(name, value);
    replaceSearch(changed);
  }, []);
  return [params, set];
}

/** Writes the address's query string without a step in the history. */
export function replaceSearch(search: URLSearchParams): void {
  const text = search.toString();
  window.history.replaceState(null, "", text === "" ? window.location.pathname : `?${text}`);
}
