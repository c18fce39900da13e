"use client";
import type { FocusEvent } from "react";
import { useDraftForm } from "@/components/forms/use-draft-form";
import { saveLabelMutation } from "@/lib/client/labels";
import type { LatentRef } from "@/lib/contract/edit";
import { type LatentLabel, saveLabelRequest } from "@/lib/contract/label";
import { dropSaved, labelDraft, labelDraftName } from "./label-draft";

export type LabelOf = {
  readonly collectionId: string;
  readonly latent: LatentRef;
  /** The stored label; null if there is none. */
  readonly label: LatentLabel | null;
};

/** A latent's label and note as one draft, whichever of the two a form shows: both are saved together. */
export function useLabelForm({ collectionId, latent, label }: LabelOf) {
  const stored = { text: label?.text ?? "", note: label?.note ?? "" };
  const form = useDraftForm({
    name: labelDraftName(collectionId, latent),
    schema: labelDraft,
    beginning: stored,
    requestOf: ({ text, note }) =>
      text === stored.text && note === stored.note ? null : { ...latent, text: text.trim(), note: note.trim() },
    contract: saveLabelRequest,
    mutation: saveLabelMutation(collectionId),
    dropDraft: (sent) => dropSaved(collectionId, sent),
  });
  /** Saves when the focus leaves the form; moving to a button inside it, such as Discard, does not. */
  const saveOnLeaving = ({ currentTarget }: FocusEvent) => {
    // What is focused next is known only after this event.
    setTimeout(() => {
      if (!currentTarget.contains(document.activeElement)) form.submit();
    });
  };
  return { form, stored, saveOnLeaving };
}
