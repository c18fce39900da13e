"use client";
import { latentName } from "@/components/latents/edit-words";
import { useLatentDetail } from "@/components/latents/use-latent-detail";
import { isLatentEdit } from "@/components/steering/edit-change";
import { SuggestedText } from "@/components/steering/suggested-text";
import type { Edit } from "@/lib/contract/edit";
import type { CollectionSummary } from "@/lib/contract/latent";
import { FirstTry } from "./first-try";
import { textBeforePeak } from "./text-before-peak";

type PromptSuggestionProps = {
  readonly collection: CollectionSummary;
  readonly edits: readonly Edit[];
  readonly onPrompt: (prompt: string) => void;
  readonly onTry: (prompt: string, edit: Edit) => void;
};

/** The text that led to the first edited latent's strongest firing; before any latent is edited, one to try. */
export function PromptSuggestion({ collection, edits, onPrompt, onTry }: PromptSuggestionProps) {
  const latent = edits.find(isLatentEdit)?.latent ?? null;
  const { data } = useLatentDetail(collection, latent);
  const text = data === undefined ? null : textBeforePeak(data.examples);
  if (latent === null) return <FirstTry collection={collection} onTry={onTry} />;
  if (text === null) return null;
  const words = `Use the text before the strongest firing of ${latentName(latent, collection.modules)}`;
  return <SuggestedText text={text} words={words} onTake={() => onPrompt(text)} />;
}
