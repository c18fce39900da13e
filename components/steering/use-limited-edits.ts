"use client";
import { useCallback, useState } from "react";
import { type Edit, mostEdits } from "@/lib/contract/edit";

/** Limits changes of a page's state to as many edits as a list holds. @returns the setter, and how many edits the last change left out */
export function useLimitedEdits<Change extends { readonly edits?: readonly Edit[] }>(
  setParams: (change: Change) => void,
): readonly [(change: Change) => void, number] {
  const [leftOut, setLeftOut] = useState(0);
  const set = useCallback(
    (change: Change) => {
      const { edits } = change;
      if (edits === undefined) return setParams(change);
      setLeftOut(Math.max(0, edits.length - mostEdits));
      setParams(edits.length <= mostEdits ? change : { ...change, edits: edits.slice(0, mostEdits) });
    },
    [setParams],
  );
  return [set, leftOut];
}
