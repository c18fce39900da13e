"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { moduleName } from "@/components/latents/edit-words";
import { LatentPicker } from "@/components/latents/find/latent-picker";
import { Button } from "@/components/ui/button";
import { messageOf } from "@/components/ui/error-note";
import { Select } from "@/components/ui/select";
import { latentPageQuery } from "@/lib/client/latents";
import type { Edit, LatentRef } from "@/lib/contract/edit";
import type { CollectionSummary } from "@/lib/contract/latent";
import { isLatentEdit, newEdit } from "./edit-change";
import styles from "./edits.module.css";

type AddEditProps = {
  readonly collection: CollectionSummary | null;
  readonly modules: readonly string[];
  readonly edits: readonly Edit[];
  readonly onAdd: (edit: Edit) => void;
  readonly onWatch: (latent: LatentRef) => void;
  readonly onClose: () => void;
  /** How often a person asked for it: each time the field takes the focus, but not where the page merely opens with it. */
  readonly timesAsked: number;
};

/** Finds a latent by a token it fires at, its label or its name, and adds it; or switches off or isolates a module, or switches off all. */
export function AddEdit({ collection, modules, edits, onAdd, onWatch, onClose, timesAsked }: AddEditProps) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (timesAsked > 0) field.current?.focus({ preventScroll: true });
  }, [timesAsked]);
  return (
    <div className={`stack fit ${styles["add"]}`}>
      {collection !== null ? (
        <LatentPicker
          collection={collection}
          label="Find a latent by token, label or name"
          field={field}
          onEscape={onClose}
          actions={(latent) => (
            <span className="row">
              <Button look="quiet" size="dense" title="Show its activations under the text, unedited" onClick={() => onWatch(latent)}>
                Watch
              </Button>
              <Button size="dense" onClick={() => onAdd(newEdit(latent))}>
                {isEdited(edits, latent) ? "Again" : "Edit"}
              </Button>
            </span>
          )}
        />
      ) : (
        <p className="note">Collect statistics to search latents. Until then, you can only switch off the whole adapter.</p>
      )}
      <WholeModules collection={collection} modules={modules} edits={edits} onAdd={onAdd} />
    </div>
  );
}

type WholeModulesProps = Pick<AddEditProps, "collection" | "modules" | "edits" | "onAdd">;

/** What is done to a module as a whole, or to all of them. */
function WholeModules({ collection, modules, edits, onAdd }: WholeModulesProps) {
  const client = useQueryClient();
  const [chosen, setChosen] = useState("");
  const [failed, setFailed] = useState<string | null>(null);
  const names = collection?.modules ?? [];
  const places = { isOn: true, scope: "all" } as const;
  const isolate = async () => {
    setFailed(null);
    const listed = edits.filter(isLatentEdit).flatMap(({ latent }) => (latent.module === chosen ? [latent.index] : []));
    try {
      const indices = listed.length > 0 ? [...new Set(listed)].sort((a, b) => a - b) : [await strongest(chosen)];
      onAdd({ operation: "isolate", module: chosen, indices, ...places });
      setChosen("");
    } catch (error) {
      setFailed(messageOf(error));
    }
  };
  /** The card then says which stay; a module that is left with none is a module that is off. */
  const strongest = async (module: string): Promise<number> => {
    const selection = { collectionId: collection?.id ?? "", module, sort: "outputShare" } as const;
    const { rows } = await client.fetchQuery(latentPageQuery(selection, { offset: 0, limit: 1 }));
    return rows[0]?.index ?? 0;
  };
  return (
    <div className="row wrap">
      {modules.length > 0 && (
        <>
          <Select
            label="A whole module"
            value={chosen}
            onValueChange={setChosen}
            options={[
              { value: "", label: "A whole module…" },
              ...modules.map((module) => ({ value: module, label: moduleName(module, names) })),
            ]}
          />
          <Button
            disabled={chosen === ""}
            title="Sets the module’s whole update to 0"
            onClick={() => {
              onAdd({ operation: "moduleOff", module: chosen, ...places });
              setChosen("");
            }}
          >
            Off
          </Button>
          <Button
            disabled={chosen === "" || collection === null}
            title="Keeps some of its latents and sets the others to 0: starts with those in this list, otherwise with its strongest"
            onClick={() => void isolate()}
          >
            Isolate
          </Button>
          <span className="grow" />
        </>
      )}
      <Button onClick={() => onAdd({ operation: "adapterOff", ...places })}>Whole adapter off</Button>
      {failed !== null && <span className="status bad small">{failed}</span>}
    </div>
  );
}

function isEdited(edits: readonly Edit[], { module, index }: LatentRef): boolean {
  return edits.some((edit) => isLatentEdit(edit) && edit.latent.module === module && edit.latent.index === index);
}
