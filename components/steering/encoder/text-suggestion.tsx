"use client";
import { useQuery } from "@tanstack/react-query";
import { isLatentEdit } from "@/components/steering/edit-change";
import { Button } from "@/components/ui/button";
import { contextQueryOptions, latentQueryOptions } from "@/lib/client/latents";
import type { Edit } from "@/lib/contract/edit";
import type { AnswerParams } from "./answer-params";
import { textsOfTokens } from "./text-at-peak";

type TextSuggestionProps = {
  readonly collectionId: string;
  readonly edits: readonly Edit[];
  readonly onTexts: (texts: Pick<AnswerParams, "text" | "second">) => void;
};

const nobody = { module: "", index: 0 };

/** Offers, while nothing is written, the row at which the first edited latent fires most strongly: there an edit shows at once. */
export function TextSuggestion({ collectionId, edits, onTexts }: TextSuggestionProps) {
  const latent = edits.find(isLatentEdit)?.latent;
  const detail = useQuery({ ...latentQueryOptions({ collectionId }, latent ?? nobody), enabled: latent !== undefined });
  const strongest = detail.data?.examples.toSorted((a, b) => a.rank - b.rank)[0];
  const row = useQuery({
    ...contextQueryOptions(collectionId, strongest?.context ?? 0, latent ?? nobody),
    enabled: strongest !== undefined,
  });
  const texts = textsOfTokens(row.data?.tokens.map(({ text }) => text) ?? []);
  if (latent === undefined || texts === null) return null;
  return (
    <div>
      <Button look="quiet" size="dense" title={[texts.text, texts.second ?? ""].join("\n").trim()} onClick={() => onTexts(texts)}>
        Take the text of the strongest firing of {latent.index}
      </Button>
    </div>
  );
}
