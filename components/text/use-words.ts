"use client";
import { useMemo } from "react";
import type { QueryReading } from "@/components/ui/query-state";
import { useSettled } from "@/components/ui/use-settled";
import { automaticLabel } from "@/lib/contract/automatic-label";
import type { LatentRow } from "@/lib/contract/latent";
import { positionKinds } from "@/lib/contract/positions/position-kinds";
import type { ReadLabel } from "@/lib/contract/read-text";
import type { RankedLatent } from "./rank-latents";
import { nameOfLatent, refOfRanked, useListedRows } from "./use-listed-rows";
import type { Reading } from "./use-reading";

/** A label, or the words derived from top tokens. */
export type LatentWords = Pick<ReadLabel, "text" | "source">;

/**
 * The words of latents, by name, and the query for those that did not come with the reading: one request for all of them, once the list has stood still.
 * While a span is dragged nothing is fetched.
 */
export function useWords(
  collectionId: string | null,
  { labels, status }: Pick<Reading, "labels" | "status">,
  ranked: readonly RankedLatent[],
): { readonly words: ReadonlyMap<string, LatentWords>; readonly wordsReading: QueryReading<unknown> } {
  const came = useMemo(() => new Map(labels.map((label): [string, LatentWords] => [nameOfLatent(label), label])), [labels]);
  const listed = ranked.map(refOfRanked);
  const missing = useSettled(listed, 250).filter((latent) => !came.has(nameOfLatent(latent)));
  const { rows, reading: wordsReading } = useListedRows(status === "running" ? null : collectionId, missing);
  const words = useMemo(
    () => new Map([...came, ...[...rows].map(([name, row]): [string, LatentWords] => [name, wordsOf(row)])]),
    [came, rows],
  );
  return { words, wordsReading };
}

function wordsOf(row: LatentRow): LatentWords {
  return row.label ?? { text: automaticLabel(row, positionKinds.token), source: "automatic" };
}
