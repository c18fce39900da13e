"use client";
import { usePathname, useSearchParams } from "next/navigation";
import { debounce } from "nuqs";
import {
  unstable_createAdapterProvider as createAdapterProvider,
  type unstable_AdapterInterface as UrlAdapter,
} from "nuqs/adapters/custom";
import { type ReactNode, useCallback, useMemo, useRef, useSyncExternalStore } from "react";
import { fragmentSuffix, stateOfHash, stateSuffix } from "./state-suffix";

/** Which part of an address holds the state, given as what follows the path. */
type Place = {
  readonly read: (end: string) => URLSearchParams;
  readonly write: (state: URLSearchParams, end: string) => string;
};

/** A short state is in the query; one that is too long for a request is in the fragment. */
const queryOrFragment: Place = {
  read: (end) => stateOfHash(hashOf(end)) ?? new URLSearchParams(queryOf(end)),
  write: stateSuffix,
};

const fragmentAlone: Place = {
  read: (end) => stateOfHash(hashOf(end)) ?? new URLSearchParams(),
  write: (state, end) => `${queryOf(end)}${fragmentSuffix(state)}`,
};

const QueryOrFragment = createAdapterProvider(() => useAddressEnd(queryOrFragment));
const FragmentAlone = createAdapterProvider(() => useAddressEnd(fragmentAlone));

const asTheyAre = {};

/** Typed text is written to the address when typing pauses. */
const options = { limitUrlUpdates: debounce(300) };

type FragmentAddressProps = {
  /** In the order in which they are written, so that one state has one address. */
  readonly parameters: object;
  readonly urlKeys?: Readonly<Record<string, string>>;
  /** Keeps the state out of every request for the page, also where it is short. */
  readonly isPrivate?: boolean;
  readonly children: ReactNode;
};

/** The state of what it holds may be longer than a request can carry: nuqs reads and writes it in the fragment. */
export function FragmentAddress({ parameters, urlKeys = asTheyAre, isPrivate = false, children }: FragmentAddressProps) {
  const Adapter = isPrivate ? FragmentAlone : QueryOrFragment;
  const inOrder = useCallback(
    (search: URLSearchParams) => {
      const names = Object.keys(parameters).map((name) => urlKeys[name] ?? name);
      return new URLSearchParams([...search].sort(([one], [other]) => names.indexOf(one) - names.indexOf(other)));
    },
    [parameters, urlKeys],
  );
  return (
    <Adapter defaultOptions={options} processUrlSearchParams={inOrder}>
      {children}
    </Adapter>
  );
}

function useAddressEnd(place: Place): UrlAdapter {
  const pathname = usePathname();
  const query = useSearchParams().toString();
  // While the router draws a page, the browser's address may be that of another: a page that arrives knows only its query, one that is left keeps what it
  // shows. The server sees no fragment.
  const held = useRef<{ readonly pathname: string; readonly end: string } | null>(null);
  const shown = useSyncExternalStore(
    onAddress,
    () => {
      if (window.location.pathname === pathname) held.current = { pathname, end: currentEnd() };
      return held.current?.pathname === pathname ? held.current.end : null;
    },
    () => null,
  );
  const end = shown ?? `?${query}`;
  const searchParams = useMemo(() => place.read(end), [place, end]);
  const updateUrl = useCallback(
    (state: URLSearchParams) => {
      if (window.location.pathname !== pathname) return;
      window.history.replaceState(null, "", `${pathname}${place.write(state, currentEnd())}`);
      for (const tell of listeners) tell();
    },
    [pathname, place],
  );
  const getSearchParamsSnapshot = useCallback(() => place.read(currentEnd()), [place]);
  return { searchParams, pathname, updateUrl, getSearchParamsSnapshot };
}

/** Our own writes raise no event. */
const listeners = new Set<() => void>();

function onAddress(tell: () => void): () => void {
  listeners.add(tell);
  window.addEventListener("hashchange", tell);
  window.addEventListener("popstate", tell);
  return () => {
    listeners.delete(tell);
    window.removeEventListener("hashchange", tell);
    window.removeEventListener("popstate", tell);
  };
}

/** What the browser's address says at this moment, in its query or in its fragment. */
export function stateInAddress(): URLSearchParams {
  return queryOrFragment.read(currentEnd());
}

function currentEnd(): string {
  return `${window.location.search}${window.location.hash}`;
}

function queryOf(end: string): string {
  return end.split("#", 1)[0] ?? "";
}

function hashOf(end: string): string {
  return end.slice(queryOf(end).length);
}
