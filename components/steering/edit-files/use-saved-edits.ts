"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { changeSavedEdits, removeSavedEdits, savedEditsQuery, saveEdits } from "@/lib/client/saved-edits";
import type { SavedEdits, SaveEditsInput } from "@/lib/contract/steering";

/** Saves, changes and removes a run's lists of edits. The list in sight changes at once, and back where the server refuses. */
export function useSavedEdits(runId: string) {
  const client = useQueryClient();
  const { queryKey } = savedEditsQuery(runId);
  const write = async (change: (saved: readonly SavedEdits[]) => SavedEdits[]) => {
    await client.cancelQueries({ queryKey });
    const before = client.getQueryData(queryKey);
    if (before !== undefined) client.setQueryData(queryKey, change(before));
    return { before };
  };
  const restore = (_error: Error, _request: unknown, context: { before: SavedEdits[] | undefined } | undefined) => {
    client.setQueryData(queryKey, context?.before);
  };
  const readAgain = () => client.invalidateQueries({ queryKey });
  // One after another, so that what is removed is not still being changed.
  const scope = { id: `saved edits of ${runId}` };
  const save = useMutation({
    scope,
    mutationFn: (request: SaveEditsInput) => saveEdits(runId, request),
    onSettled: readAgain,
  });
  const change = useMutation({
    scope,
    mutationFn: ({ id, name, note, edits }: Pick<SavedEdits, "id" | "name" | "note" | "edits">) =>
      changeSavedEdits(id, { name, note, edits }),
    onMutate: (next) => write((saved) => saved.map((one) => (one.id === next.id ? { ...one, ...next } : one))),
    onError: restore,
    onSettled: readAgain,
  });
  const remove = useMutation({
    scope,
    mutationFn: ({ id }: SavedEdits) => removeSavedEdits(id),
    onMutate: ({ id }) => write((saved) => saved.filter((one) => one.id !== id)),
    onError: restore,
    onSettled: readAgain,
  });
  return { save, change, remove };
}
