"use client";
import type { ReactNode } from "react";
import { moduleName, subjectName } from "@/components/latents/edit-words";
import { type ModuleEdit, withOperation } from "@/components/steering/edit-change";
import styles from "@/components/steering/edits.module.css";
import type { EditDrag } from "@/components/steering/use-edit-drag";
import type { Edit } from "@/lib/contract/edit";
import { type CardPlace, EditCard } from "./edit-card";
import { type EditActions, type EditContext, modulesOf } from "./edit-context";
import { IsolatedLatents } from "./isolated-latents";
import { OperationField, OperationWords } from "./operation-field";

type ModuleEditCardProps = {
  readonly edit: ModuleEdit;
  readonly at: CardPlace;
  /** Latents that other edits of the list are of, which an `isolate` may take. */
  readonly listed: readonly number[];
  readonly context: EditContext;
  readonly actions: EditActions<Edit>;
  readonly drag: EditDrag;
};

/** An edit of a whole module, or of all. */
export function ModuleEditCard({ edit, at, listed, context, actions, drag }: ModuleEditCardProps) {
  const modules = modulesOf(context);
  return (
    <EditCard
      edit={edit}
      at={at}
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
          listed={listed}
          context={context}
          onIndices={(indices) => actions.onEdit({ ...edit, indices: [...indices] })}
        />
      )}
    </EditCard>
  );
}

function Name({ module, children }: { readonly module: string; readonly children: ReactNode }) {
  return (
    <span className="cut mono" title={module}>
      {children}
    </span>
  );
}
