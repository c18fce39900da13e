"use client";
import { useQueries } from "@tanstack/react-query";
import { latentQueryOptions } from "@/lib/client/latents";
import type { LatentRef } from "@/lib/contract/edit";
import type { LatentRow } from "@/lib/contract/latent";

/** The rows of the latents that are listed, and of no others, as they arrive; what is asked for also opens their pages at once. */
export function useListedRows(collectionId: string | null, latents: readonly LatentRef[]): ReadonlyMap<string, LatentRow> {
  return useQueries({
    queries: collectionId === null ? [] : latents.map((latent) => latentQueryOptions({ collectionId }, latent)),
    combine: byName,
  });
}

export function nameOfLatent({ module, index }: LatentRef): string {
  return `${module} ${index}`;
}

function byName(results: readonly { data?: { row: LatentRow } | undefined }[]): ReadonlyMap<string, LatentRow> {
  return new Map(results.flatMap(({ data }) => (data === undefined ? [] : [[nameOfLatent(data.row), data.row] as const])));
}
