"use client";
import { useQueryStates } from "nuqs";
import { type RunListView, runListNames, runListParameters } from "./run-list";

/** What the list of runs shows, as the address has it, and how to change it; null goes back to the plain list, as a link to it does. */
export function useRunListView(): readonly [RunListView, (changes: Partial<RunListView> | null) => void] {
  const [view, setView] = useQueryStates(runListParameters, { urlKeys: runListNames });
  return [view, (changes) => void setView(changes)];
}
