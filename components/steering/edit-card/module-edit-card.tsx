"use client";
import type { ReactNode } from "react";
import { moduleName, subjectName } from "@/components/latents/edit-words";
import { isLatentEdit, type ModuleEdit, withOperation } from "@/components/steering/edit-change";
import styles from "@/components/steering/edits.module.css";
import type { EditDrag } from "@/components/steering/use-edit-drag";
import type { Edit } from "@/lib/contract/edit";
import { EditCard } from "./edit-card";
import { type EditActions, type EditContext, modulesOf } from "./edit-context";
import { IsolatedLatents } from "./isolated-latents";
import { OperationField, OperationWords } from "./operation-field";

type ModuleEditCardProps = {
  readonly edit: ModuleEdit;
  readonly place: number;
  /** The whole list, whose latents an `isolate` may take. */
  readonly edits: readonly Edit[];
  readonly context: EditContext;
  readonly actions: EditActions<Edit>;
  readonly drag: EditDrag;
};

/** An edit of a whole module, or of all. */
export function ModuleEditCard({ edit, place, edits, context, actions, drag }: ModuleEditCardProps) {
  const modules = modulesOf(context);
  return (
    <EditCard
      edit={edit}
      place={place}
      context={context}
      actions={actions}
      drag={drag}
      spoken={subjectName(edit, modules)}
      name={edit.operation === "adapterOff" ? "Whole adapter" : <Name module={edit.module}>{moduleName(edit.module, modules)}</Name>}
    >
      <div className={styles["operation"]}>
        <OperationField
          edit={edit}
          method={context.method}
          onOperation={(operation) => actions.onEdit(withOperation(edit, operation, 1))}
        />
      </div>
      <OperationWords edit={edit} method={context.method} />
      {edit.operation === "isolate" && (
        <IsolatedLatents
          edit={edit}
          listed={edits.flatMap((other) => (isLatentEdit(other) && other.latent.module === edit.module ? [other.latent.index] : []))}
          context={context}
          onIndices={(indices) => actions.onEdit({ ...edit, indices: [...indices] })}
        />
      )}
    </EditCard>
  );
}

function Name({ module, children }: { readonly module: string; readonly children: ReactNode }) {
  return (
    <span className="mono" title={module}>
      {children}
    </span>
  );
}
