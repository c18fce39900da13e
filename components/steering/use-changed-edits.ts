"use client";
import { useLayoutEffect, useRef, useState } from "react";
import { subjectName } from "@/components/latents/edit-words";
import { type Edit, mostEdits } from "@/lib/contract/edit";
import type { CollectionModule } from "@/lib/contract/latent";
import { formatPlural } from "@/lib/numbers/format";
import { withDuplicate, withMoved, withOpened } from "./changed-edits";

type Undo = { readonly words: string; readonly at: number; readonly back: (edits: readonly Edit[]) => readonly Edit[] };

export type ChangedEdits = {
  readonly add: (edit: Edit) => void;
  readonly replace: (place: number, next: Edit) => void;
  readonly remove: (place: number) => void;
  readonly duplicate: (place: number) => void;
  readonly move: (from: number, to: number) => void;
  readonly open: (opened: readonly Edit[], how: "replace" | "append", name?: string) => void;
  /** The last thing that was taken away: where in the list it is told, and the way back. */
  readonly undo: { readonly words: string; readonly at: number; readonly take: () => void; readonly close: () => void } | null;
  /** What did not go, and what to do. */
  readonly error: string | null;
  /** What was done, for those who hear the page. */
  readonly spoken: string;
};

/** All that changes a list as a whole. A card that moves keeps the focus. */
export function useChangedEdits(
  edits: readonly Edit[],
  onEdits: (edits: readonly Edit[]) => void,
  modules: readonly CollectionModule[],
): ChangedEdits {
  const [undo, setUndo] = useState<Undo | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [spoken, setSpoken] = useState("");
  const refocused = useRef<Element | null>(null);
  // An element that is moved in the document loses the focus, the list being the same or not.
  useLayoutEffect(() => {
    const element = refocused.current;
    if (element === null || edits.length === 0) return;
    refocused.current = null;
    if (element instanceof HTMLElement || element instanceof SVGElement) element.focus();
  }, [edits]);

  const nameAt = (place: number) => {
    const edit = edits[place];
    return edit === undefined ? "" : subjectName(edit, modules);
  };
  const hasRoom = (): boolean => {
    setError(edits.length < mostEdits ? null : `A list holds at most ${mostEdits} edits: remove one first.`);
    return edits.length < mostEdits;
  };
  return {
    add: (edit) => {
      if (!hasRoom()) return;
      onEdits([...edits, edit]);
      setSpoken(`Added ${subjectName(edit, modules)}`);
    },
    replace: (place, next) => onEdits(edits.with(place, next)),
    remove: (place) => {
      const edit = edits[place];
      if (edit === undefined) return;
      setError(null);
      setUndo({
        words: `Removed ${nameAt(place)}`,
        at: place,
        back: (present) => present.toSpliced(Math.min(place, present.length), 0, edit),
      });
      onEdits(edits.toSpliced(place, 1));
    },
    duplicate: (place) => {
      if (!hasRoom()) return;
      onEdits(withDuplicate(edits, place));
      setSpoken(`Copied ${nameAt(place)}`);
    },
    move: (from, to) => {
      refocused.current = document.activeElement;
      setUndo(null);
      onEdits(withMoved(edits, from, to));
      setSpoken(`${nameAt(from)} is now ${to + 1} of ${edits.length}`);
    },
    open: (opened, how, name) => {
      const next = withOpened(edits, opened, how);
      setError(next.leftOut === 0 ? null : `A list holds at most ${mostEdits} edits: ${formatPlural(next.leftOut, "edit")} left out.`);
      const what = name ?? formatPlural(opened.length, "edit");
      setUndo(edits.length === 0 ? null : { words: `Opened ${what}`, at: 0, back: () => edits });
      onEdits(next.edits);
    },
    undo:
      undo === null
        ? null
        : {
            words: undo.words,
            at: undo.at,
            take: () => {
              onEdits(undo.back(edits));
              setUndo(null);
            },
            close: () => setUndo(null),
          },
    error,
    spoken,
  };
}
