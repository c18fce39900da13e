"use client";
import { useSearchState } from "@/components/ui/use-search-state";
import { type RunListView, readView, writeView } from "./run-list";

/** What the list of runs shows, as the address has it, and how to change it. A link to the plain list shows the plain list. */
export function useRunListView(): readonly [RunListView, (changes: Partial<RunListView>) => void] {
  const [view, setView] = useSearchState(readView, toSearch);
  return [view, (changes) => setView({ ...view, ...changes })];
}

function toSearch(view: RunListView): URLSearchParams {
  return new URLSearchParams(writeView(view));
}
