"use client";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Popover } from "@/components/ui/popover";
import styles from "./column-menu.module.css";
import type { ColumnChoice } from "./use-column-choice";

type ColumnMenuProps<Key extends string> = {
  /** Those that can be chosen, in the table's order. */
  readonly columns: readonly { readonly key: Key; readonly name: string; readonly title?: string }[];
  /** Those of the chosen ones that have room. */
  readonly shown: readonly Key[];
  readonly choice: ColumnChoice<Key>;
};

/** Which columns a table shows. */
export function ColumnMenu<Key extends string>({ columns, shown, choice: { chosen, choose, reset, isDefault } }: ColumnMenuProps<Key>) {
  return (
    <Popover
      label="Columns"
      trigger={
        <Button look="quiet" className="only-wide">
          Columns
        </Button>
      }
    >
      <div className={`stack gap-2 ${styles["list"]}`}>
        {columns.map((column) => {
          const isChosen = chosen.includes(column.key);
          return (
            <span key={column.key} className={styles["line"]} title={column.title}>
              <Checkbox
                label={column.name}
                isChecked={isChosen}
                onIsCheckedChange={(isOn) => choose(isOn ? [...chosen, column.key] : chosen.filter((key) => key !== column.key))}
              />
              {isChosen && !shown.includes(column.key) && <span className="tiny dim">does not fit</span>}
            </span>
          );
        })}
        <Button look="quiet" size="dense" disabled={isDefault} onClick={reset}>
          Reset columns
        </Button>
      </div>
    </Popover>
  );
}
