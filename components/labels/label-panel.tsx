"use client";
import { useMutation } from "@tanstack/react-query";
import { type KeyboardEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { Panel } from "@/components/ui/panel";
import { TextArea, TextField } from "@/components/ui/text-field";
import { labelsDownloadUrl, saveLabelMutation } from "@/lib/client/labels";
import type { LatentRef } from "@/lib/contract/edit";
import type { LatentLabel } from "@/lib/contract/label";
import { ExplainerBox } from "./explainer-box";
import styles from "./labels.module.css";
import { scoreWords } from "./score-words";

type LabelPanelProps = {
  readonly collectionId: string;
  readonly latent: LatentRef;
  /** What is stored; null where nothing is. */
  readonly label: LatentLabel | null;
  /** A few words from its statistics, never stored; empty for a latent that never fired. */
  readonly automatic: string;
};

/** What a person, or a language model on request, says that the latent stands for. */
export function LabelPanel({ collectionId, latent, label, automatic }: LabelPanelProps) {
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
        {/* What is stored anew, by the explainer say, is shown in place of what was typed before. */}
        <LabelForm key={label?.updatedAt ?? ""} collectionId={collectionId} latent={latent} label={label} />
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

function LabelForm({ collectionId, latent, label }: Omit<LabelPanelProps, "automatic">) {
  const [text, setText] = useState(label?.text ?? "");
  const [note, setNote] = useState(label?.note ?? "");
  const save = useMutation(saveLabelMutation(collectionId));
  const isChanged = text !== (label?.text ?? "") || note !== (label?.note ?? "");
  const submit = () => {
    if (isChanged && !save.isPending) save.mutate({ module: latent.module, index: latent.index, text: text.trim(), note: note.trim() });
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
      <TextField label="Label" maxLength={300} value={text} placeholder="what it stands for, in a few words" onValueChange={setText} />
      <TextArea label="Note" maxLength={10_000} rows={2} value={note} onValueChange={setNote} onKeyDown={onKeyDown} />
      <div className="row between">
        <Button size="dense" look={isChanged ? "primary" : "default"} type="submit" disabled={!isChanged || save.isPending}>
          {save.isPending ? "Saving" : "Save"}
        </Button>
        <span className="note" role="status">
          {save.isSuccess && !isChanged ? "Saved" : isChanged && text.trim() === "" && note.trim() === "" ? "Saving removes the label" : ""}
        </span>
      </div>
      {save.error !== null && <ErrorNote title="The label was not saved">{messageOf(save.error)}</ErrorNote>}
    </form>
  );
}
