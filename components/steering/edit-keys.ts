import { useState } from "react";
import type { Edit } from "@/lib/contract/edit";

export type KeyedEdits = { readonly edits: readonly Edit[]; readonly keys: readonly number[]; readonly next: number };

export const noKeyedEdits: KeyedEdits = { edits: [], keys: [], next: 0 };

/**
 * Keys by which cards follow their edits when the list changes: the same object keeps its key wherever it stands, what took another's place takes its key,
 * and what is new gets a new one. So a card keeps focus and unit while its edit is changed or moved.
 */
export function keyedEdits(before: KeyedEdits, edits: readonly Edit[]): KeyedEdits {
  const keyOf = new Map(before.edits.map((edit, place) => [edit, before.keys[place] as number]));
  const kept = new Set(edits.flatMap((edit) => keyOf.get(edit) ?? []));
  let next = before.next;
  const taken = new Set<number>();
  const keys = edits.map((edit, place) => {
    const own = keyOf.get(edit);
    const former = edits.length === before.edits.length ? before.keys[place] : undefined;
    const wanted = own ?? (former !== undefined && !kept.has(former) ? former : undefined);
    const key = wanted === undefined || taken.has(wanted) ? next++ : wanted;
    taken.add(key);
    return key;
  });
  return { edits, keys, next };
}

/** The keys of a list that others may change as well. */
export function useEditKeys(edits: readonly Edit[]): readonly number[] {
  const [state, setState] = useState(() => keyedEdits(noKeyedEdits, edits));
  if (state.edits === edits) return state.keys;
  const changed = keyedEdits(state, edits);
  setState(changed);
  return changed.keys;
}
