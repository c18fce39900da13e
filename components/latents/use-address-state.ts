"use client";
import { useSearchParams } from "next/navigation";
import { useCallback, useEffect, useLayoutEffect, useState } from "react";
import { stateOfHash } from "./address-state";

const waitMs = 300;

/**
 * A page's state, held here while it is typed and written to the address when typing pauses.
 *
 * @param read the state that a query or fragment says
 * @param write the end of the address that says a state (`stateSuffix`)
 */
export function useAddressState<State>(
  read: (search: URLSearchParams) => State,
  write: (state: State) => string,
): readonly [State, (change: Partial<State>) => void] {
  const search = useSearchParams();
  const [state, setState] = useState(() => read(new URLSearchParams(search.toString())));
  // The server does not see a fragment, and the router has written the address only when the page is drawn.
  useLayoutEffect(() => {
    const readHash = () => {
      const fragment = stateOfHash(window.location.hash);
      if (fragment !== null) setState(read(fragment));
    };
    readHash();
    window.addEventListener("hashchange", readHash);
    return () => window.removeEventListener("hashchange", readHash);
  }, [read]);
  useEffect(() => {
    const timer = setTimeout(() => {
      const text = write(state);
      if (text !== `${window.location.search}${window.location.hash}`)
        window.history.replaceState(null, "", `${window.location.pathname}${text}`);
    }, waitMs);
    return () => clearTimeout(timer);
  }, [state, write]);
  const change = useCallback((next: Partial<State>) => setState((before) => ({ ...before, ...next })), []);
  return [state, change];
}
