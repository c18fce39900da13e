"use client";
import { useSearchParams } from "next/navigation";
import { useCallback, useState } from "react";
import { currentSearch, replaceSearch } from "@/components/ui/replace-search";
import type { LatentSortKey } from "@/lib/contract/latent";
import { type LatentParams, paramNames, readLatentParams, writeLatentParams } from "./latent-params";

/**
 * The table's parameters as the address has them, and how to change them without leaving the page or touching what else the address says. A change
 * holds at once; Next tells of the new address later, and of one that was overtaken meanwhile nothing is taken.
 *
 * @param sort the order where the address names none
 */
export function useLatentParams(sort: LatentSortKey): readonly [LatentParams, (next: LatentParams) => void] {
  const told = useSearchParams().toString();
  const [state, setState] = useState(() => ({ told, params: readLatentParams(new URLSearchParams(told), sort) }));
  if (state.told !== told) {
    const isCurrent = typeof window === "undefined" || currentSearch().toString() === told;
    setState({ told, params: isCurrent ? readLatentParams(new URLSearchParams(told), sort) : state.params });
  }
  const set = useCallback(
    (next: LatentParams) => {
      const changed = currentSearch();
      for (const name of paramNames) changed.delete(name);
      for (const [name, value] of new URLSearchParams(writeLatentParams(next, sort))) changed.set(name, value);
      replaceSearch(changed);
      setState((before) => ({ ...before, params: next }));
    },
    [sort],
  );
  return [state.params, set];
}
