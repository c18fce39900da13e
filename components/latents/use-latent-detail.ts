"use client";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { latentQueryOptions } from "@/lib/client/latents";
import type { LatentRef } from "@/lib/contract/edit";
import type { CollectionSummary, LatentDetail } from "@/lib/contract/latent";

/** All that a collection knows of a latent; not read while either is missing. */
export function useLatentDetail(collection: Pick<CollectionSummary, "id"> | null, latent: LatentRef | null): UseQueryResult<LatentDetail> {
  return useQuery({
    ...latentQueryOptions({ collectionId: collection?.id ?? "" }, latent ?? { module: "", index: 0 }),
    enabled: collection !== null && latent !== null,
  });
}
