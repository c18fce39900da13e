"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { latentName } from "@/components/latents/edit-words";
import { unitSizes } from "@/components/latents/value-unit";
import { SuggestedText } from "@/components/steering/suggested-text";
import { messageOf } from "@/components/ui/error-note";
import { latentChoicesQuery, latentQueryOptions } from "@/lib/client/latents";
import type { Edit, LatentRef } from "@/lib/contract/edit";
import type { CollectionSummary } from "@/lib/contract/latent";
import { textBeforePeak } from "./text-before-peak";

type FirstTryProps = {
  readonly collection: CollectionSummary;
  /** @param prompt empty where the latent has no example with text before its peak */
  readonly onTry: (prompt: string, edit: Edit) => void;
};

/** For a first look at what an edit does: the first latent in reading order, clamped to its 99th percentile, on the text before its strongest firing. */
export function FirstTry({ collection, onTry }: FirstTryProps) {
  const client = useQueryClient();
  const latent = useQuery(latentChoicesQuery(collection.id)).data?.rows[0];
  const read = useMutation({
    mutationFn: (wanted: LatentRef) => client.fetchQuery(latentQueryOptions({ collectionId: collection.id }, wanted)),
    onSuccess: (detail, { module, index }) => {
      const sizes = unitSizes({ detail, module: undefined, scaling: null });
      const value = sizes.p99 ?? sizes.max ?? 1;
      onTry(textBeforePeak(detail.examples) ?? "", { operation: "clamp", latent: { module, index }, value, isOn: true, scope: "all" });
    },
  });
  if (latent === undefined) return null;
  return (
    <>
      <SuggestedText
        text="Adds the edit and writes the prompt; then run it."
        words={`Try ${latentName(latent, collection.modules)}: clamp it on the text before its strongest firing`}
        onTake={() => read.mutate(latent)}
      />
      {read.error !== null && <span className="status bad small">{messageOf(read.error)}</span>}
    </>
  );
}
