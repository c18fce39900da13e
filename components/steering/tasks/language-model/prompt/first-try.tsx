"use client";
import { useQuery } from "@tanstack/react-query";
import { latentName } from "@/components/latents/edit-words";
import { useLatentDetail } from "@/components/latents/use-latent-detail";
import { usualActivation } from "@/components/latents/value-unit";
import { SuggestedText } from "@/components/steering/suggested-text";
import { latentChoicesQuery } from "@/lib/client/latents";
import type { Edit } from "@/lib/contract/edit";
import type { CollectionSummary } from "@/lib/contract/latent";
import { textBeforePeak } from "./text-before-peak";

type FirstTryProps = {
  readonly collection: CollectionSummary;
  /** @param prompt empty where the latent has no example with text before its peak */
  readonly onTry: (prompt: string, edit: Edit) => void;
};

/**
 * For a first look at what an edit does: the first latent in reading order, clamped to its 99th percentile, on the text before its strongest firing.
 * Shown once both are known, so that a press acts at once.
 */
export function FirstTry({ collection, onTry }: FirstTryProps) {
  const latent = useQuery(latentChoicesQuery(collection.id)).data?.rows[0] ?? null;
  const { data: detail } = useLatentDetail(collection, latent);
  if (latent === null || detail === undefined) return null;
  const { module, index } = latent;
  const value = usualActivation(detail) ?? 1;
  return (
    <SuggestedText
      text="Adds the edit and fills in the prompt."
      words={`Try ${latentName(latent, collection.modules)}: clamp it on the text before its strongest firing`}
      onTake={() =>
        onTry(textBeforePeak(detail.examples) ?? "", { operation: "clamp", latent: { module, index }, value, isOn: true, scope: "all" })
      }
    />
  );
}
