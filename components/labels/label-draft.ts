import { draftNames, readDraft, writeDraft } from "@/components/ui/drafts";
import type { LatentRef } from "@/lib/contract/edit";
import { type SaveLabelInput, saveLabelRequest } from "@/lib/contract/label";

export const labelDraft = saveLabelRequest.pick({ text: true, note: true });

export function labelDraftName(collectionId: string, { module, index }: LatentRef): string {
  return `${beginning(collectionId)}${index}/${module}`;
}

/** Drops the draft of a label that was saved, unless more was typed since. */
export function dropSaved(collectionId: string, saved: SaveLabelInput): void {
  const name = labelDraftName(collectionId, saved);
  const draft = readDraft(name, labelDraft);
  if (draft?.text.trim() === saved.text && draft.note.trim() === saved.note) writeDraft(name, undefined);
}

/** The drafts of a collection's labels, as one string (`draftNames`). */
export function labelDraftNames(collectionId: string): string {
  return draftNames(beginning(collectionId));
}

/** The latent that a draft belongs to. */
export function latentOfDraft(collectionId: string, name: string): LatentRef {
  const [index = "", ...module] = name.slice(beginning(collectionId).length).split("/");
  return { module: module.join("/"), index: Number(index) };
}

function beginning(collectionId: string): string {
  return `label/1/${collectionId}/`;
}
