"use client";
import { useEffect, useMemo, useState } from "react";
import { automaticLabel } from "@/lib/contract/automatic-label";
import type { LatentRow } from "@/lib/contract/latent";
import { positionKinds } from "@/lib/contract/positions/position-kinds";
import type { ReadLabel } from "@/lib/contract/read-text";
import type { RankedLatent } from "./rank-latents";
import { nameOfLatent, nameOfRanked, useListedRows } from "./use-listed-rows";
import type { Reading } from "./use-reading";

/** A label, or the words derived from top tokens. */
export type LatentWords = Pick<ReadLabel, "text" | "source">;

/**
 * The words of latents, by name. Those that came with the reading are there at once; the rows of other listed ones are read in one request, once the list
 * has stood still: while a span is dragged nothing is fetched.
 */
export function useWords(
  collectionId: string | null,
  { labels, status }: Pick<Reading, "labels" | "status">,
  ranked: readonly RankedLatent[],
): ReadonlyMap<string, LatentWords> {
  const came = useMemo(() => new Map(labels.map((label): [string, LatentWords] => [nameOfLatent(label), label])), [labels]);
  const settled = useSettled(ranked, 250);
  const missing = settled.filter((latent) => !came.has(nameOfRanked(latent)));
  const rows = useListedRows(
    status === "running" ? null : collectionId,
    missing.map(({ reading, index }) => ({ module: reading.module, index })),
  );
  return useMemo(() => new Map([...came, ...[...rows].map(([name, row]): [string, LatentWords] => [name, wordsOf(row)])]), [came, rows]);
}

function wordsOf(row: LatentRow): LatentWords {
  return row.label ?? { text: automaticLabel(row, positionKinds.token), source: "automatic" };
}

function useSettled(ranked: readonly RankedLatent[], milliseconds: number): readonly RankedLatent[] {
  const [settled, setSettled] = useState<readonly RankedLatent[]>([]);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(ranked), milliseconds);
    return () => clearTimeout(timer);
  }, [ranked, milliseconds]);
  return settled;
}
