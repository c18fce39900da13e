"use client";
import { useMutation } from "@tanstack/react-query";
import type { KeyboardEvent } from "react";
import { Button } from "@/components/ui/button";
import { DiscardDraft } from "@/components/ui/discard-draft";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { Panel } from "@/components/ui/panel";
import { TextArea, TextField } from "@/components/ui/text-field";
import { type Draft, useDraft } from "@/components/ui/use-draft";
import { labelsDownloadUrl, saveLabelMutation } from "@/lib/client/labels";
import type { LatentRef } from "@/lib/contract/edit";
import type { LatentLabel } from "@/lib/contract/label";
import { ExplainerBox } from "./explainer-box";
import { dropSaved, labelDraft, labelDraftName } from "./label-draft";
import styles from "./labels.module.css";
import { scoreWords } from "./score-words";
import { UnsavedLabels } from "./unsaved-labels";

type LabelPanelProps = {
  readonly collectionId: string;
  readonly latent: LatentRef;
  /** The stored label; null if there is none. */
  readonly label: LatentLabel | null;
  /** A few words from its statistics, never stored; empty if it never fired. */
  readonly automatic: string;
  /** The page of another latent. */
  readonly hrefOf: (latent: LatentRef) => string;
};

/** The label and note of a latent, written by a person or by the explainer. */
export function LabelPanel({ collectionId, latent, label, automatic, hrefOf }: LabelPanelProps) {
  return (
    <Panel
      title="Label"
      level={3}
      aside={<span className="tiny dim">{label === null ? "none yet" : label.source === "person" ? "by hand" : "by the explainer"}</span>}
    >
      <div className={styles["panel"]}>
        {automatic !== "" && (
          <p className={styles["automatic"]}>
            <span className={styles["mark"]}>automatic</span> {automatic}
          </p>
        )}
        <LabelForm collectionId={collectionId} latent={latent} label={label} />
        <UnsavedLabels collectionId={collectionId} latent={latent} hrefOf={hrefOf} />
        {label?.score != null && <p className="note">{scoreWords(label.score)}</p>}
        <ExplainerBox collectionId={collectionId} latent={latent} hasLabel={label !== null && label.text !== ""} />
        <p className="note">
          All labels:{" "}
          <a className="link" href={labelsDownloadUrl(collectionId, "csv")} download>
            CSV
          </a>
          ,{" "}
          <a className="link" href={labelsDownloadUrl(collectionId, "json")} download>
            JSON
          </a>
        </p>
      </div>
    </Panel>
  );
}

function LabelForm({ collectionId, latent, label }: Pick<LabelPanelProps, "collectionId" | "latent" | "label">) {
  const stored = { text: label?.text ?? "", note: label?.note ?? "" };
  const draft = useDraft(labelDraftName(collectionId, latent), labelDraft, stored);
  const { text, note } = draft.value;
  const save = useMutation({
    ...saveLabelMutation(collectionId),
    onSettled: (_labels, error, saved) => {
      if (error === null) dropSaved(collectionId, saved);
    },
  });
  const submit = () => {
    if (draft.isUnsent && !save.isPending) save.mutate({ ...latent, text: text.trim(), note: note.trim() });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
  };
  return (
    <form
      className={styles["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <TextField
        label="Label"
        maxLength={300}
        value={text}
        placeholder="short description"
        onValueChange={(text) => draft.set({ text, note })}
      />
      <TextArea
        label="Note"
        maxLength={10_000}
        rows={2}
        value={note}
        onValueChange={(note) => draft.set({ text, note })}
        onKeyDown={onKeyDown}
      />
      <div className="row wrap">
        <Button size="dense" look={draft.isUnsent ? "primary" : "default"} type="submit" disabled={!draft.isUnsent || save.isPending}>
          {save.isPending ? "Saving…" : "Save"}
        </Button>
        <DiscardDraft draft={draft} size="dense" />
        <span className="grow" />
        <span className="note" role="status">
          {statusOf(draft, save)}
        </span>
      </div>
      {draft.isUnsent && label !== null && label.text !== text && <p className="note">Saved: “{label.text}”</p>}
      {save.error !== null && <ErrorNote title="Could not save the label">{messageOf(save.error)}</ErrorNote>}
    </form>
  );
}

function statusOf({ isUnsent, value: { text, note } }: Draft<{ text: string; note: string }>, save: { isSuccess: boolean }): string {
  if (!isUnsent) return save.isSuccess ? "Saved" : "";
  return text.trim() === "" && note.trim() === "" ? "Saving removes the label" : "Unsaved";
}
