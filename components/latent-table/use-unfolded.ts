"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { type LatentSelection, latentRowsQuery } from "@/lib/client/latents";
import type { LatentRef } from "@/lib/contract/edit";
import { nothingUnfolded, toggled, type Unfolded } from "./unfolded-rows";

type UnfoldedState = {
  readonly unfolded: Unfolded;
  /** Shows the near-duplicates under a row, or hides them. @param index of the row in the table's order */
  readonly toggle: (index: number, latents: readonly LatentRef[]) => Promise<void>;
};

/** Which near-duplicates are unfolded; none any more once the table has other rows or another order. */
export function useUnfolded(query: LatentSelection): UnfoldedState {
  const client = useQueryClient();
  const [state, setState] = useState({ query, unfolded: nothingUnfolded });
  const unfolded = state.query === query ? state.unfolded : nothingUnfolded;
  const toggle = useCallback(
    async (index: number, latents: readonly LatentRef[]) => {
      const rows = unfolded.has(index) ? [] : await client.fetchQuery(latentRowsQuery(query.collectionId, latents));
      setState((before) => ({ query, unfolded: toggled(before.query === query ? before.unfolded : nothingUnfolded, index, rows) }));
    },
    [client, query, unfolded],
  );
  return { unfolded, toggle };
}
