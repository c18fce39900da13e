"use client";
import type { KeyboardEvent } from "react";
import { Form } from "@/components/forms/form";
import { DiscardDraft } from "@/components/ui/discard-draft";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { Panel } from "@/components/ui/panel";
import { TextArea } from "@/components/ui/text-field";
import { labelsDownloadUrl } from "@/lib/client/labels";
import type { PositionKind } from "@/lib/contract/positions/position-kind";
import { ExplainerBox } from "./explainer-box";
import { scoreWords } from "./score-words";
import { type LabelOf, useLabelForm } from "./use-label-form";

/** What belongs to a latent's label beside its text: a note, its score, the explainer, and all labels as files. */
export function NotePanel({ positions, ...of }: LabelOf & { readonly positions: PositionKind }) {
  const { collectionId, latent, label } = of;
  return (
    <Panel title="Notes" level={3}>
      <div className="stack fit">
        <NoteForm {...of} />
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

function NoteForm(of: LabelOf) {
  const { form, stored, saveOnLeaving } = useLabelForm(of);
  const { sending: save } = form;
  const { text, note } = form.value;
  const isTyped = note !== stored.note;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.submit();
  };
  return (
    <Form form={form} className="stack fit" onBlur={saveOnLeaving}>
      <TextArea
        label="Note"
        field="note"
        maxLength={10_000}
        rows={2}
        value={note}
        onValueChange={(next) => form.set({ text, note: next })}
        onKeyDown={onKeyDown}
      />
      <div className="row between">
        <span className="note" role="status">
          {save.isPending ? "Saving…" : isTyped ? "Unsaved: saved when you leave the field" : save.isSuccess ? "Saved" : ""}
        </span>
        <DiscardDraft draft={{ isUnsent: isTyped, discard: () => form.set({ text, note: stored.note }) }} size="dense" />
      </div>
      {save.error !== null && <ErrorNote title="Could not save the note">{messageOf(save.error)}</ErrorNote>}
    </Form>
  );
}
