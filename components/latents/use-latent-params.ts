"use client";
import { useCallback } from "react";
import { useSearchState } from "@/components/ui/use-search-state";
import type { LatentSortKey } from "@/lib/contract/latent-columns/column-sorts";
import { type LatentParams, paramNames, readLatentParams, writeLatentParams } from "./latent-params";

/**
 * The table's parameters as the address has them, and how to change them without leaving the page or touching what else the address says.
 *
 * @param sort the order where the address names none
 */
export function useLatentParams(sort: LatentSortKey): readonly [LatentParams, (next: LatentParams) => void] {
  const read = (search: URLSearchParams) => readLatentParams(search, sort);
  const write = useCallback(
    (params: LatentParams, search: URLSearchParams) => {
      for (const name of paramNames) search.delete(name);
      for (const [name, value] of new URLSearchParams(writeLatentParams(params, sort))) search.set(name, value);
      return search;
    },
    [sort],
  );
  return useSearchState(read, write);
}
