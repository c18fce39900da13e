"use client";
import { type KeyboardEvent, useCallback, useEffect } from "react";
import { Form } from "@/components/forms/form";
import { Button } from "@/components/ui/button";
import { DiscardDraft } from "@/components/ui/discard-draft";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { TextField } from "@/components/ui/text-field";
import { useShortcuts } from "@/components/ui/use-shortcuts";
import type { LatentRef } from "@/lib/contract/edit";
import styles from "./labels.module.css";
import { UnsavedLabels } from "./unsaved-labels";
import { type LabelOf, useLabelForm } from "./use-label-form";

type LabelLineProps = LabelOf & {
  /** A few words from its statistics, never stored; empty if there are none. */
  readonly automatic: string;
  /** Short name and page of another latent. */
  readonly nameOf: (latent: LatentRef) => string;
  readonly hrefOf: (latent: LatentRef) => string;
  /** Goes to the next latent of the table; null at its end. */
  readonly onNext: (() => void) | null;
};

/** Whether the field of the next latent takes the focus: a person who labels one after the other keeps typing. */
let keepsTyping = false;

/** A latent's label, edited in place: Enter saves it, and so does leaving the field. */
export function LabelLine({ automatic, nameOf, hrefOf, onNext, ...of }: LabelLineProps) {
  const { form, stored, saveOnLeaving } = useLabelForm(of);
  const { sending: save, root } = form;
  const { text, note } = form.value;
  const isTyped = text !== stored.text;
  const take = useCallback(() => {
    const field = root.current?.querySelector("input");
    field?.focus({ preventScroll: true });
    field?.select();
  }, [root]);
  useShortcuts({ l: take });
  useEffect(() => {
    if (!keepsTyping) return;
    keepsTyping = false;
    take();
  }, [take]);
  const status = text.trim() === "" && note.trim() === "" ? "Saving removes it" : "Unsaved";
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Escape") event.currentTarget.blur();
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || onNext === null) return;
    event.preventDefault();
    form.submit();
    keepsTyping = true;
    onNext();
  };
  return (
    <>
      <Form form={form} className={styles["line"]} onBlur={saveOnLeaving}>
        <TextField
          label="Label"
          field="text"
          maxLength={300}
          value={text}
          placeholder={automatic === "" ? "short description" : `${automatic} (automatic)`}
          title="Enter saves; ⌃ Enter saves and opens the next latent"
          onValueChange={(next) => form.set({ text: next, note })}
          onKeyDown={onKeyDown}
        />
        <div className={styles["actions"]}>
          <span className="tiny dim">{sourceWords(of.label)}</span>
          <span className="note" role="status">
            {save.isPending ? "" : isTyped ? status : save.isSuccess ? "Saved" : ""}
          </span>
          {(isTyped || save.isPending) && (
            <Button size="dense" look="primary" type="submit" disabled={save.isPending}>
              {save.isPending ? "Saving…" : "Save"}
            </Button>
          )}
          <DiscardDraft draft={{ isUnsent: isTyped, discard: () => form.set({ text: stored.text, note }) }} size="dense" />
        </div>
      </Form>
      {isTyped && stored.text !== "" && <p className="note">Saved: “{stored.text}”</p>}
      {save.error !== null && <ErrorNote title="Could not save the label">{messageOf(save.error)}</ErrorNote>}
      <UnsavedLabels collectionId={of.collectionId} latent={of.latent} nameOf={nameOf} hrefOf={hrefOf} />
    </>
  );
}

function sourceWords(label: LabelOf["label"]): string {
  if (label === null) return "none yet";
  return label.source === "person" ? "by hand" : "by the explainer";
}
