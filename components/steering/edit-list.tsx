"use client";
import { Plus } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Panel } from "@/components/ui/panel";
import { useShortcuts } from "@/components/ui/use-shortcuts";
import type { Edit, LatentRef } from "@/lib/contract/edit";
import type { CollectionSummary } from "@/lib/contract/latent";
import type { RunSummary } from "@/lib/contract/run";
import { AddEdit } from "./add-edit";
import { EditCard } from "./edit-card";
import { isLatentEdit } from "./edit-change";
import { LatentEditCard } from "./latent-edit-card";
import styles from "./steering.module.css";

type EditListProps = {
  readonly runId: string;
  readonly collection: CollectionSummary | null;
  readonly method: RunSummary["method"];
  readonly modules: readonly string[];
  readonly edits: readonly Edit[];
  readonly onEdits: (edits: readonly Edit[]) => void;
  readonly onWatch: (latent: LatentRef) => void;
  readonly children?: ReactNode;
};

/** The edits in the order in which they apply. */
export function EditList({ runId, collection, method, modules, edits, onEdits, onWatch, children }: EditListProps) {
  const [isAdding, setIsAdding] = useState(edits.length === 0);
  const [timesAsked, setTimesAsked] = useState(0);
  const ask = () => {
    setIsAdding(true);
    setTimesAsked((times) => times + 1);
  };
  useShortcuts({ "/": ask });
  const isOn = edits.filter((edit) => edit.isOn).length;
  const replace = (at: number) => (next: Edit) => onEdits(edits.map((edit, index) => (index === at ? next : edit)));
  const remove = (at: number) => () => onEdits(edits.filter((_, index) => index !== at));
  return (
    <Panel
      title={
        <>
          Edits{" "}
          <span className="dim" style={{ fontWeight: 400 }}>
            {edits.length === 0 ? "none" : `${isOn} of ${edits.length} on`}
          </span>
        </>
      }
      isPadded={false}
      aside={
        <Button aria-expanded={isAdding} onClick={isAdding ? () => setIsAdding(false) : ask}>
          <Plus size={12} aria-hidden="true" />
          Add
        </Button>
      }
      foot={
        edits.length > 0 && (
          <div className="row between">
            <span>Several edits of one latent apply in this order.</span>
            <CopyButton text={() => JSON.stringify(edits, null, 2)}>JSON</CopyButton>
          </div>
        )
      }
    >
      {isAdding && (
        <AddEdit
          collection={collection}
          modules={modules}
          edits={edits}
          onAdd={(edit) => onEdits([...edits, edit])}
          onWatch={onWatch}
          onClose={() => setIsAdding(false)}
          timesAsked={timesAsked}
        />
      )}
      <ol className={styles["edits"]}>
        {edits.map((edit, at) =>
          isLatentEdit(edit) ? (
            <LatentEditCard
              // biome-ignore lint/suspicious/noArrayIndexKey: an edit is known by its place in the list
              key={at}
              runId={runId}
              collection={collection}
              method={method}
              edit={edit}
              onEdit={replace(at)}
              onRemove={remove(at)}
            />
          ) : (
            <EditCard
              // biome-ignore lint/suspicious/noArrayIndexKey: an edit is known by its place in the list
              key={at}
              edit={edit}
              spoken={edit.operation === "moduleOff" ? `${edit.module} off` : "adapter off"}
              name={edit.operation === "moduleOff" ? <ModuleOffName module={edit.module} /> : "Whole adapter off"}
              onEdit={replace(at)}
              onRemove={remove(at)}
            >
              <p className="small mid">
                {edit.operation === "moduleOff" ? "This module’s whole update is 0." : "Every module’s update is 0: the base model."}
              </p>
            </EditCard>
          ),
        )}
      </ol>
      {children}
    </Panel>
  );
}

function ModuleOffName({ module }: { readonly module: string }) {
  return (
    <span title={module}>
      <span className="mono">{module}</span> off
    </span>
  );
}
