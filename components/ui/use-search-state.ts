"use client";
import { useSearchParams } from "next/navigation";
import { useCallback, useState } from "react";
import { currentSearch, replaceSearch } from "./replace-search";

/**
 * State that the address's query holds, and how to change it without leaving the page. A change shows at once; Next tells of the new address later, and
 * an address that was overtaken meanwhile is ignored.
 *
 * @param read the state that a query says
 * @param write the query that says a state, made from the one before
 */
export function useSearchState<State>(
  read: (search: URLSearchParams) => State,
  write: (state: State, before: URLSearchParams) => URLSearchParams,
): readonly [State, (next: State) => void] {
  const told = useSearchParams().toString();
  const [held, setHeld] = useState(() => ({ told, state: read(new URLSearchParams(told)) }));
  if (held.told !== told) {
    const isCurrent = currentSearch().toString() === told;
    setHeld({ told, state: isCurrent ? read(new URLSearchParams(told)) : held.state });
  }
  const set = useCallback(
    (state: State) => {
      replaceSearch(write(state, currentSearch()));
      setHeld((before) => ({ ...before, state }));
    },
    [write],
  );
  return [held.state, set];
}
