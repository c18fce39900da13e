"use client";
import { latentName } from "@/components/latents/edit-words";
import { useLatentDetail } from "@/components/latents/use-latent-detail";
import { isLatentEdit } from "@/components/steering/edit-change";
import { SuggestedText } from "@/components/steering/suggested-text";
import type { Edit } from "@/lib/contract/edit";
import type { CollectionSummary } from "@/lib/contract/latent";
import { textBeforePeak } from "./text-before-peak";

type PromptSuggestionProps = {
  readonly collection: CollectionSummary;
  readonly edits: readonly Edit[];
  readonly onPrompt: (prompt: string) => void;
};

/** The text that led to the first edited latent's strongest firing. */
export function PromptSuggestion({ collection, edits, onPrompt }: PromptSuggestionProps) {
  const latent = edits.find(isLatentEdit)?.latent ?? null;
  const { data } = useLatentDetail(collection, latent);
  const text = data === undefined ? null : textBeforePeak(data.examples);
  if (latent === null || text === null) return null;
  const words = `Take the text before the strongest firing of ${latentName(latent, collection.modules)}`;
  return <SuggestedText text={text} words={words} onTake={() => onPrompt(text)} />;
}
