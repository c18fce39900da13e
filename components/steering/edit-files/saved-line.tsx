"use client";
import { Download, Ellipsis, Pencil, Save, Trash2 } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { type ReactNode, useState } from "react";
import { Form } from "@/components/forms/form";
import { useDraftForm } from "@/components/forms/use-draft-form";
import styles from "@/components/steering/edits.module.css";
import { Button } from "@/components/ui/button";
import { flatDraft } from "@/components/ui/drafts";
import { saveFile } from "@/components/ui/save-file";
import { TextField } from "@/components/ui/text-field";
import type { Edit } from "@/lib/contract/edit";
import { type SavedEdits as Saved, saveEditsRequest } from "@/lib/contract/steering";
import { formatPlural } from "@/lib/numbers/format";
import { writeEditFile } from "./edit-file";

type SavedLineProps = {
  readonly saved: Saved;
  readonly others: readonly Saved[];
  /** The list as it stands, which may be appended to or saved in this one's place. */
  readonly edits: readonly Edit[];
  readonly onOpen: (how: "replace" | "append") => void;
  readonly onOverwrite: () => void;
  readonly onName: (next: Pick<Saved, "name" | "note" | "edits">) => Promise<unknown>;
  readonly onRemove: () => void;
};

/** One list that is saved. */
export function SavedLine({ saved, others, edits, onOpen, onOverwrite, onName, onRemove }: SavedLineProps) {
  const [isNaming, setIsNaming] = useState(false);
  if (isNaming) return <Naming saved={saved} others={others} onName={onName} onDone={() => setIsNaming(false)} />;
  return (
    <li className={`columns middle gap-8 stacks-720 ${styles["savedline"]}`}>
      <span className="cut" title={saved.note === "" ? saved.name : `${saved.name}: ${saved.note}`}>
        <b className="strong">{saved.name}</b> <span className="small dim">{formatPlural(saved.edits.length, "edit")}</span>
        {saved.note !== "" && <span className="small mid"> {saved.note}</span>}
      </span>
      <span className="row">
        <Button size="dense" title="Replaces the list below" onClick={() => onOpen("replace")}>
          Open
        </Button>
        {edits.length > 0 && (
          <Button size="dense" look="quiet" onClick={() => onOpen("append")}>
            Append
          </Button>
        )}
        <DropdownMenu.Root modal={false}>
          <DropdownMenu.Trigger asChild>
            <button type="button" className="iconbtn" aria-label={`More for ${saved.name}`} title="More">
              <Ellipsis size={14} aria-hidden="true" />
            </button>
          </DropdownMenu.Trigger>
          <DropdownMenu.Portal>
            <DropdownMenu.Content className="menu" align="end" sideOffset={6} collisionPadding={8}>
              {edits.length > 0 && (
                <Item icon={<Save size={13} aria-hidden="true" />} onSelect={onOverwrite}>
                  Overwrite with the list below
                </Item>
              )}
              <Item icon={<Pencil size={13} aria-hidden="true" />} onSelect={() => setIsNaming(true)}>
                Name and note…
              </Item>
              <Item
                icon={<Download size={13} aria-hidden="true" />}
                onSelect={() =>
                  saveFile("edits.json", writeEditFile({ run: saved.runId, name: saved.name, edits: saved.edits }), "application/json")
                }
              >
                Download
              </Item>
              <Item icon={<Trash2 size={13} aria-hidden="true" />} onSelect={onRemove}>
                Remove
              </Item>
            </DropdownMenu.Content>
          </DropdownMenu.Portal>
        </DropdownMenu.Root>
      </span>
    </li>
  );
}

function Item({ icon, onSelect, children }: { readonly icon: ReactNode; readonly onSelect: () => void; readonly children: ReactNode }) {
  return (
    <DropdownMenu.Item asChild onSelect={onSelect}>
      <button type="button">
        {icon}
        {children}
      </button>
    </DropdownMenu.Item>
  );
}

type NamingProps = Pick<SavedLineProps, "saved" | "others" | "onName"> & { readonly onDone: () => void };

function Naming({ saved, others, onName, onDone }: NamingProps) {
  const stored = { name: saved.name, note: saved.note };
  const isTaken = (name: string) => others.some((other) => other.id !== saved.id && other.name === name.trim());
  const mayBeSaved = (name: string) => name.trim() !== "" && !isTaken(name);
  const form = useDraftForm({
    name: `name-edits/1/${saved.id}`,
    schema: flatDraft(stored),
    beginning: stored,
    requestOf: ({ name, note }) => (mayBeSaved(name) ? { name: name.trim(), note, edits: saved.edits } : null),
    contract: saveEditsRequest,
    mutation: { mutationFn: onName },
    onSent: onDone,
  });
  const { name, note } = form.value;
  const keep = () => {
    form.discard();
    onDone();
  };
  return (
    <li>
      <Form form={form} className={`columns gap-8 ${styles["saveform"]}`} onKeyDown={(event) => event.key === "Escape" && keep()}>
        <TextField
          label="Name"
          field="name"
          value={name}
          maxLength={120}
          error={isTaken(name) ? "Another list has this name" : undefined}
          autoFocus
          onValueChange={(name) => form.set({ name, note })}
        />
        <TextField label="Note" field="note" value={note} maxLength={4000} onValueChange={(note) => form.set({ name, note })} />
        <span className="row">
          <Button type="submit" disabled={!mayBeSaved(name) || form.sending.isPending}>
            Save
          </Button>
          <Button look="quiet" onClick={keep}>
            Keep
          </Button>
        </span>
      </Form>
    </li>
  );
}
