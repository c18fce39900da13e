"use client";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Popover } from "@/components/ui/popover";
import styles from "./column-menu.module.css";
import type { ColumnKey, TableColumn } from "./columns";

type ColumnMenuProps = {
  readonly columns: readonly TableColumn[];
  readonly chosen: readonly ColumnKey[];
  /** Those of them that have room. */
  readonly shown: readonly ColumnKey[];
  readonly onChoose: (columns: readonly ColumnKey[]) => void;
  readonly onReset: () => void;
  readonly isDefault: boolean;
};

/** Which columns the table shows. */
export function ColumnMenu({ columns, chosen, shown, onChoose, onReset, isDefault }: ColumnMenuProps) {
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
                onIsCheckedChange={(isOn) => onChoose(isOn ? [...chosen, column.key] : chosen.filter((key) => key !== column.key))}
              />
              {isChosen && !shown.includes(column.key) && <span className="tiny dim">does not fit</span>}
            </span>
          );
        })}
        <Button look="quiet" size="dense" disabled={isDefault} onClick={onReset}>
          Reset columns
        </Button>
      </div>
    </Popover>
  );
}
