"use client";
import { useQuery } from "@tanstack/react-query";
import { latentName } from "@/components/latents/edit-words";
import { strongestFirst } from "@/components/latents/strongest-first";
import { useLatentDetail } from "@/components/latents/use-latent-detail";
import { isLatentEdit } from "@/components/steering/edit-change";
import { SuggestedText } from "@/components/steering/suggested-text";
import { contextQueryOptions } from "@/lib/client/latents";
import type { Edit } from "@/lib/contract/edit";
import type { CollectionSummary } from "@/lib/contract/latent";
import type { AnswerParams } from "./answer-params";
import { textsOfTokens } from "./text-at-peak";

type TextSuggestionProps = {
  readonly collection: CollectionSummary;
  readonly edits: readonly Edit[];
  readonly onTexts: (texts: Pick<AnswerParams, "text" | "second">) => void;
};

/** The row at which the first edited latent fires most strongly. */
export function TextSuggestion({ collection, edits, onTexts }: TextSuggestionProps) {
  const latent = edits.find(isLatentEdit)?.latent ?? null;
  const { data } = useLatentDetail(collection, latent);
  const [strongest] = strongestFirst(data?.examples ?? []);
  const row = useQuery({
    ...contextQueryOptions(collection.id, strongest?.context ?? 0, latent ?? { module: "", index: 0 }),
    enabled: strongest !== undefined,
  });
  const texts = textsOfTokens(row.data?.tokens.map(({ text }) => text) ?? []);
  if (latent === null || texts === null) return null;
  return (
    <SuggestedText
      text={[texts.text, texts.second ?? ""].join("\n").trim()}
      words={`Use the text of the strongest firing of ${latentName(latent, collection.modules)}`}
      onTake={() => onTexts(texts)}
    />
  );
}
