"use client";
import { CircleHelp } from "lucide-react";
import { operationLabel, operationWords } from "@/components/latents/edit-words";
import { operationsFor } from "@/components/steering/edit-change";
import styles from "@/components/steering/edits.module.css";
import { Popover } from "@/components/ui/popover";
import { Select } from "@/components/ui/select";
import type { Edit, EditOperation } from "@/lib/contract/edit";
import type { EditContext } from "./edit-context";

type OperationFieldProps = {
  readonly edit: Edit;
  readonly method: EditContext["method"];
  readonly onOperation: (operation: EditOperation) => void;
};

/** What is done. A link may say what this run cannot do; the field still says what it says. */
export function OperationField({ edit, method, onOperation }: OperationFieldProps) {
  const offered = operationsFor(edit, method);
  const shown = offered.includes(edit.operation) ? offered : [...offered, edit.operation];
  return (
    <Select<EditOperation>
      label="Operation"
      value={edit.operation}
      onValueChange={onOperation}
      options={shown.map((operation) => ({ value: operation, label: operationLabel(operation, method) }))}
    />
  );
}

/** What the chosen one does, and behind a mark what all do. */
export function OperationWords({ edit, method }: Pick<OperationFieldProps, "edit" | "method">) {
  const offered = operationsFor(edit, method);
  return (
    <p className={`note ${styles["words"]}`}>
      {operationWords(edit.operation, method)}
      {offered.length > 1 && (
        <Popover
          label="Help on operations"
          align="start"
          trigger={
            <button type="button" className={`bare ${styles["help"]}`} aria-label="Help on operations" title="About these operations">
              <CircleHelp size={12} aria-hidden="true" />
            </button>
          }
        >
          <dl className={`stack gap-6 ${styles["glossary"]}`}>
            {offered.map((operation) => (
              <div key={operation} className="columns">
                <dt>{operationLabel(operation, method)}</dt>
                <dd>{operationWords(operation, method)}</dd>
              </div>
            ))}
          </dl>
        </Popover>
      )}
    </p>
  );
}
