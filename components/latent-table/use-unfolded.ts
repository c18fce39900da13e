"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { type LatentSelection, latentRowsQuery } from "@/lib/client/latents";
import type { LatentRef } from "@/lib/contract/edit";
import type { LatentRow } from "@/lib/contract/latent";
import { type FailedRows, nothingUnfolded, type Unfolded, withRowsUnder } from "./unfolded-rows";

type UnfoldedState = {
  readonly unfolded: Unfolded;
  /** Shows the near-duplicates under a row, or what failed in their place. @param index of the row in the table's order */
  readonly unfold: (index: number, latents: readonly LatentRef[]) => Promise<void>;
  readonly fold: (index: number) => void;
};

/** Which near-duplicates are unfolded; none any more once the table has other rows or another order. */
export function useUnfolded(query: LatentSelection): UnfoldedState {
  const client = useQueryClient();
  const [state, setState] = useState({ query, unfolded: nothingUnfolded });
  const unfolded = state.query === query ? state.unfolded : nothingUnfolded;
  const put = useCallback(
    (index: number, rows: readonly (LatentRow | FailedRows)[]) =>
      setState((before) => ({ query, unfolded: withRowsUnder(before.query === query ? before.unfolded : nothingUnfolded, index, rows) })),
    [query],
  );
  const unfold = useCallback(
    (index: number, latents: readonly LatentRef[]) =>
      client.fetchQuery(latentRowsQuery(query.collectionId, latents)).then(
        (rows) => put(index, rows),
        (error: Error) => put(index, [{ error, latents }]),
      ),
    [client, query.collectionId, put],
  );
  const fold = useCallback((index: number) => put(index, []), [put]);
  return { unfolded, unfold, fold };
}
