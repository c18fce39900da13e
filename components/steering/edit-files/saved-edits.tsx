"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import styles from "@/components/steering/edits.module.css";
import { Button } from "@/components/ui/button";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { Skeleton } from "@/components/ui/skeleton";
import { savedEditsQuery } from "@/lib/client/saved-edits";
import type { Edit } from "@/lib/contract/edit";
import type { SavedEdits as Saved } from "@/lib/contract/steering";
import { OpenEdits } from "./open-edits";
import type { EditHome } from "./placed-edits";
import { SaveForm } from "./save-form";
import { SavedLine } from "./saved-line";
import { useSavedEdits } from "./use-saved-edits";

type SavedEditsProps = {
  readonly runId: string;
  readonly home: EditHome;
  readonly edits: readonly Edit[];
  readonly onOpen: (edits: readonly Edit[], how: "replace" | "append", name?: string) => void;
};

/** Lists of edits that are kept under names, and those in files. */
export function SavedEdits({ runId, home, edits, onOpen }: SavedEditsProps) {
  const saved = useQuery(savedEditsQuery(runId));
  const { save, change, remove } = useSavedEdits(runId);
  const [removed, setRemoved] = useState<Saved | null>(null);
  const list = saved.data ?? [];
  const failed = change.error ?? remove.error;
  return (
    <div className={`stack fit gap-12 ${styles["saved"]}`}>
      {edits.length > 0 && (
        <SaveForm
          draftName={`save-edits/1/${runId}`}
          label="Save this list"
          edits={edits}
          taken={list}
          isBusy={save.isPending || change.isPending}
          error={save.error ?? change.error}
          onSave={(request, over) => (over === undefined ? save.mutateAsync(request) : change.mutateAsync({ id: over.id, ...request }))}
        />
      )}
      {saved.error !== null && saved.data === undefined && (
        <ErrorNote title="Could not load the saved lists" actions={<Button onClick={() => void saved.refetch()}>Try again</Button>}>
          {messageOf(saved.error)}
        </ErrorNote>
      )}
      {saved.isPending && <Skeleton height={56} />}
      {saved.data !== undefined && list.length === 0 && <p className="note">No saved lists for this run.</p>}
      {list.length > 0 && (
        <ul className="stack gap-4">
          {list.map((one) => (
            <SavedLine
              key={one.id}
              saved={one}
              others={list}
              edits={edits}
              onOpen={(how) => onOpen(one.edits, how, one.name)}
              onOverwrite={() => change.mutate({ ...one, edits: [...edits] })}
              onName={(next) => change.mutateAsync({ id: one.id, ...next })}
              onRemove={() => remove.mutate(one, { onSuccess: () => setRemoved(one) })}
            />
          ))}
        </ul>
      )}
      {failed !== null && <ErrorNote title="Change failed">{messageOf(failed)}</ErrorNote>}
      {removed !== null && (
        <div className="row between">
          <span className="small mid cut" role="status">
            Removed {removed.name}
          </span>
          <Button
            size="dense"
            onClick={() => {
              save.mutate({ name: removed.name, note: removed.note, edits: [...removed.edits] });
              setRemoved(null);
            }}
          >
            Undo
          </Button>
        </div>
      )}
      <OpenEdits home={home} hasEdits={edits.length > 0} onOpen={onOpen} />
    </div>
  );
}
