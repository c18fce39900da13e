"use client";
import { useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import { type LatentParams, readLatentParams, writeLatentParams } from "./latent-params";

/** The table's parameters as the address has them, and how to change them without leaving the page. */
export function useLatentParams(): readonly [LatentParams, (next: LatentParams) => void] {
  const search = useSearchParams();
  const params = useMemo(() => readLatentParams(new URLSearchParams(search.toString())), [search]);
  const set = useCallback((next: LatentParams) => {
    window.history.replaceState(null, "", writeLatentParams(next) || window.location.pathname);
  }, []);
  return [params, set];
}
