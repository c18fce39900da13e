"use client";
import { Form } from "@/components/forms/form";
import { useDraftForm } from "@/components/forms/use-draft-form";
import styles from "@/components/steering/edits.module.css";
import { Button } from "@/components/ui/button";
import { flatDraft } from "@/components/ui/drafts";
import { messageOf } from "@/components/ui/error-note";
import { TextField } from "@/components/ui/text-field";
import type { Edit } from "@/lib/contract/edit";
import { type SavedEdits as Saved, saveEditsRequest } from "@/lib/contract/steering";

type ToSave = Pick<Saved, "name" | "note" | "edits">;

type SaveFormProps = {
  readonly draftName: string;
  readonly label: string;
  /** The list as it stands. */
  readonly edits: readonly Edit[];
  /** What there is already: a name that is taken is saved over, and the button says so. */
  readonly taken: readonly Saved[];
  readonly isBusy: boolean;
  readonly error: Error | null;
  readonly onSave: (request: ToSave, over: Saved | undefined) => Promise<unknown>;
};

const nothingTyped = { name: "", note: "" };

/** A name and a note for the list as it stands. */
export function SaveForm({ draftName, label, edits, taken, isBusy, error, onSave }: SaveFormProps) {
  const overOf = (name: string) => taken.find((one) => one.name === name.trim());
  const form = useDraftForm({
    name: draftName,
    schema: flatDraft(nothingTyped),
    beginning: nothingTyped,
    requestOf: ({ name, note }) =>
      name.trim() === "" ? null : { name: name.trim(), note: note === "" ? (overOf(name)?.note ?? "") : note, edits: [...edits] },
    contract: saveEditsRequest,
    mutation: { mutationFn: (request: ToSave) => onSave(request, overOf(request.name)) },
  });
  const { name, note } = form.value;
  const over = overOf(name);
  return (
    <Form form={form} className={`columns gap-8 ${styles["saveform"]}`}>
      <TextField
        label={label}
        field="name"
        value={name}
        maxLength={120}
        placeholder="Name"
        onValueChange={(name) => form.set({ name, note })}
      />
      <TextField
        label="Note"
        field="note"
        value={note}
        maxLength={4000}
        placeholder="Purpose"
        onValueChange={(note) => form.set({ name, note })}
      />
      <Button type="submit" disabled={name.trim() === "" || isBusy}>
        {over === undefined ? "Save" : "Overwrite"}
      </Button>
      {error !== null && (
        <p className={`note ${styles["bad"]}`} role="alert">
          Not saved: {messageOf(error)}
        </p>
      )}
    </Form>
  );
}
