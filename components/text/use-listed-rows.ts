"use client";
import { useQuery } from "@tanstack/react-query";
import { latentRowsQuery } from "@/lib/client/latents";
import type { LatentRef } from "@/lib/contract/edit";
import type { LatentRow } from "@/lib/contract/latent";
import type { RankedLatent } from "./rank-latents";

/** The rows of the latents that are listed, by name, as they arrive, and the query that reads them. */
export function useListedRows(collectionId: string | null, latents: readonly LatentRef[]) {
  const reading = useQuery({
    ...latentRowsQuery(collectionId ?? "", latents),
    enabled: collectionId !== null && latents.length > 0,
    select: byName,
  });
  return { rows: reading.data ?? none, reading };
}

export function nameOfLatent({ module, index }: LatentRef): string {
  return `${module} ${index}`;
}

export function nameOfRanked(latent: Pick<RankedLatent, "reading" | "index">): string {
  return nameOfLatent(refOfRanked(latent));
}

export function refOfRanked({ reading: { module }, index }: Pick<RankedLatent, "reading" | "index">): LatentRef {
  return { module, index };
}

const none: ReadonlyMap<string, LatentRow> = new Map();

function byName(rows: readonly LatentRow[]): ReadonlyMap<string, LatentRow> {
  return new Map(rows.map((row) => [nameOfLatent(row), row]));
}
