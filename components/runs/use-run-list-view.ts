"use client";
import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { currentSearch, replaceSearch } from "@/components/ui/replace-search";
import { type RunListView, readView, writeView } from "./run-list";

/**
 * What the list of runs shows, as the address has it, and how to change it. A change shows at once; Next tells of the new address later, and of one
 * that was overtaken meanwhile nothing is taken. A link to the plain list shows the plain list.
 */
export function useRunListView(): readonly [RunListView, (changes: Partial<RunListView>) => void] {
  const told = useSearchParams().toString();
  const [state, setState] = useState(() => ({ told, view: readView(new URLSearchParams(told)) }));
  if (state.told !== told) {
    const isCurrent = currentSearch().toString() === told;
    setState({ told, view: isCurrent ? readView(new URLSearchParams(told)) : state.view });
  }
  const change = (changes: Partial<RunListView>) => {
    const view = { ...state.view, ...changes };
    setState({ told, view });
    replaceSearch(new URLSearchParams(writeView(view)));
  };
  return [state.view, change];
}
