"use client";
import type { KeyboardEvent } from "react";
import { Form } from "@/components/forms/form";
import { useDraftForm } from "@/components/forms/use-draft-form";
import { Button } from "@/components/ui/button";
import { DiscardDraft } from "@/components/ui/discard-draft";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { Panel } from "@/components/ui/panel";
import { TextArea, TextField } from "@/components/ui/text-field";
import { labelsDownloadUrl, saveLabelMutation } from "@/lib/client/labels";
import type { LatentRef } from "@/lib/contract/edit";
import { type LatentLabel, saveLabelRequest } from "@/lib/contract/label";
import type { PositionKind } from "@/lib/contract/positions/position-kind";
import { ExplainerBox } from "./explainer-box";
import { dropSaved, labelDraft, labelDraftName } from "./label-draft";
import styles from "./labels.module.css";
import { scoreWords } from "./score-words";
import { UnsavedLabels } from "./unsaved-labels";

type LabelPanelProps = {
  readonly collectionId: string;
  readonly latent: LatentRef;
  readonly positions: PositionKind;
  /** The stored label; null if there is none. */
  readonly label: LatentLabel | null;
  /** A few words from its statistics, never stored; empty if there are none. */
  readonly automatic: string;
  /** The page of another latent. */
  readonly hrefOf: (latent: LatentRef) => string;
};

/** The label and note of a latent, written by a person or by the explainer. */
export function LabelPanel({ collectionId, latent, positions, label, automatic, hrefOf }: LabelPanelProps) {
  return (
    <Panel
      title="Label"
      level={3}
      aside={<span className="tiny dim">{label === null ? "none yet" : label.source === "person" ? "by hand" : "by the explainer"}</span>}
    >
      <div className="stack fit">
        {automatic !== "" && (
          <p className={styles["automatic"]}>
            <span className={styles["mark"]}>automatic</span> {automatic}
          </p>
        )}
        <LabelForm collectionId={collectionId} latent={latent} label={label} />
        <UnsavedLabels collectionId={collectionId} latent={latent} hrefOf={hrefOf} />
        {label?.score != null && <p className="note">{scoreWords(label.score)}</p>}
        {positions.hasVocabulary && (
          <ExplainerBox collectionId={collectionId} latent={latent} hasLabel={label !== null && label.text !== ""} />
        )}
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
  const { sending: save, isUnsent } = form;
  const { text, note } = form.value;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.submit();
  };
  return (
    <Form form={form} className="stack fit">
      <TextField
        label="Label"
        field="text"
        maxLength={300}
        value={text}
        placeholder="short description"
        onValueChange={(text) => form.set({ text, note })}
      />
      <TextArea
        label="Note"
        field="note"
        maxLength={10_000}
        rows={2}
        value={note}
        onValueChange={(note) => form.set({ text, note })}
        onKeyDown={onKeyDown}
      />
      <div className="row wrap">
        <Button size="dense" look={isUnsent ? "primary" : "default"} type="submit" disabled={!isUnsent || save.isPending}>
          {save.isPending ? "Saving…" : "Save"}
        </Button>
        <DiscardDraft draft={form} size="dense" />
        <span className="grow" />
        <span className="note" role="status">
          {isUnsent ? (text.trim() === "" && note.trim() === "" ? "Saving removes the label" : "Unsaved") : save.isSuccess ? "Saved" : ""}
        </span>
      </div>
      {isUnsent && label !== null && label.text !== text && <p className="note">Saved: “{label.text}”</p>}
      {save.error !== null && <ErrorNote title="Could not save the label">{messageOf(save.error)}</ErrorNote>}
    </Form>
  );
}
