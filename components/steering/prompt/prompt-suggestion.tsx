"use client";
import { useQuery } from "@tanstack/react-query";
import { isLatentEdit } from "@/components/steering/edit-change";
import { Button } from "@/components/ui/button";
import { latentQueryOptions } from "@/lib/client/latents";
import type { Edit } from "@/lib/contract/edit";
import { textBeforePeak } from "./text-before-peak";

type PromptSuggestionProps = {
  readonly collectionId: string;
  readonly edits: readonly Edit[];
  readonly onPrompt: (prompt: string) => void;
};

/** Offers, while nothing is written, the text that led to the first edited latent's strongest firing: there an edit shows at once. */
export function PromptSuggestion({ collectionId, edits, onPrompt }: PromptSuggestionProps) {
  const latent = edits.find(isLatentEdit)?.latent;
  const detail = useQuery({ ...latentQueryOptions({ collectionId }, latent ?? { module: "", index: 0 }), enabled: latent !== undefined });
  const text = detail.data === undefined ? null : textBeforePeak(detail.data.examples);
  if (latent === undefined || text === null) return null;
  return (
    <div>
      <Button look="quiet" size="dense" title={text} onClick={() => onPrompt(text)}>
        Take the text before the strongest firing of {latent.index}
      </Button>
    </div>
  );
}
