"use client";
import styles from "@/components/steering/edits.module.css";
import { Button } from "@/components/ui/button";
import { flatDraft } from "@/components/ui/drafts";
import { messageOf } from "@/components/ui/error-note";
import { TextField } from "@/components/ui/text-field";
import { useDraft } from "@/components/ui/use-draft";
import type { SavedEdits as Saved } from "@/lib/contract/steering";

type SaveFormProps = {
  readonly draftName: string;
  readonly label: string;
  /** What there is already: a name that is taken is saved over, and the button says so. */
  readonly taken: readonly Saved[];
  readonly isBusy: boolean;
  readonly error: Error | null;
  readonly onSave: (name: string, note: string, over: Saved | undefined, onSaved: () => void) => void;
};

const nothingTyped = { name: "", note: "" };

/** A name and a note for the list as it stands. */
export function SaveForm({ draftName, label, taken, isBusy, error, onSave }: SaveFormProps) {
  const draft = useDraft(draftName, flatDraft(nothingTyped), nothingTyped);
  const { name, note } = draft.value;
  const over = taken.find((one) => one.name === name.trim());
  return (
    <form
      className={styles["saveform"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== "") onSave(name.trim(), note === "" && over !== undefined ? over.note : note, over, draft.discard);
      }}
    >
      <TextField label={label} value={name} maxLength={120} placeholder="Name" onValueChange={(name) => draft.set({ name, note })} />
      <TextField label="Note" value={note} maxLength={4000} placeholder="Purpose" onValueChange={(note) => draft.set({ name, note })} />
      <Button type="submit" disabled={name.trim() === "" || isBusy}>
        {over === undefined ? "Save" : "Overwrite"}
      </Button>
      {error !== null && (
        <p className={`note ${styles["bad"]}`} role="alert">
          Not saved: {messageOf(error)}
        </p>
      )}
    </form>
  );
}
