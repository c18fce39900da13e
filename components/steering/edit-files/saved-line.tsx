"use client";
import { Download, Ellipsis, Pencil, Save, Trash2 } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { type ReactNode, useState } from "react";
import styles from "@/components/steering/edits.module.css";
import { Button } from "@/components/ui/button";
import { saveFile } from "@/components/ui/save-file";
import { TextField } from "@/components/ui/text-field";
import type { Edit } from "@/lib/contract/edit";
import type { SavedEdits as Saved } from "@/lib/contract/steering";
import { formatPlural } from "@/lib/numbers/format";
import { writeEditFile } from "./edit-file";

type SavedLineProps = {
  readonly saved: Saved;
  readonly others: readonly Saved[];
  /** The list as it stands, which may be appended to or saved in this one's place. */
  readonly edits: readonly Edit[];
  readonly onOpen: (how: "replace" | "append") => void;
  readonly onChange: (next: Pick<Saved, "name" | "note" | "edits">) => void;
  readonly onRemove: () => void;
};

/** One list that is saved. */
export function SavedLine({ saved, others, edits, onOpen, onChange, onRemove }: SavedLineProps) {
  const [isNaming, setIsNaming] = useState(false);
  if (isNaming) return <Naming saved={saved} others={others} onChange={onChange} onDone={() => setIsNaming(false)} />;
  return (
    <li className={styles["savedline"]}>
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
                <Item icon={<Save size={13} aria-hidden="true" />} onSelect={() => onChange({ ...saved, edits: [...edits] })}>
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

type NamingProps = Pick<SavedLineProps, "saved" | "others" | "onChange"> & { readonly onDone: () => void };

function Naming({ saved, others, onChange, onDone }: NamingProps) {
  const [name, setName] = useState(saved.name);
  const [note, setNote] = useState(saved.note);
  const isTaken = others.some((other) => other.id !== saved.id && other.name === name.trim());
  return (
    <li>
      <form
        className={styles["saveform"]}
        onKeyDown={(event) => event.key === "Escape" && onDone()}
        onSubmit={(event) => {
          event.preventDefault();
          onChange({ name: name.trim(), note, edits: saved.edits });
          onDone();
        }}
      >
        <TextField
          label="Name"
          value={name}
          maxLength={120}
          error={isTaken ? "Another list has this name" : undefined}
          autoFocus
          onValueChange={setName}
        />
        <TextField label="Note" value={note} maxLength={4000} onValueChange={setNote} />
        <span className="row">
          <Button type="submit" disabled={name.trim() === "" || isTaken}>
            Save
          </Button>
          <Button look="quiet" onClick={onDone}>
            Keep
          </Button>
        </span>
      </form>
    </li>
  );
}
