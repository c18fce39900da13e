import type { ReactNode } from "react";
import { HeadCell, type SortOrder } from "@/components/ui/table-head";
import styles from "./item-table.module.css";

/** A column of a table of rows. */
export type ItemColumn<Item, Sort> = {
  readonly key: string;
  readonly head: ReactNode;
  readonly unit?: string;
  readonly isNumeric?: boolean;
  /** By what the head sorts; without it the column cannot be sorted. */
  readonly sort?: Sort;
  readonly className?: string;
  readonly cell: (item: Item) => ReactNode;
  /** All of a cell that is cut off. */
  readonly title?: (item: Item) => string;
};

type ItemTableProps<Item, Sort> = {
  readonly items: readonly Item[];
  readonly columns: readonly ItemColumn<Item, Sort>[];
  readonly className: string | undefined;
  readonly order: { readonly sort: Sort; readonly order: SortOrder };
  readonly onSort: (sort: Sort) => void;
};

/** A benchmark's rows, described by columns. */
export function ItemTable<Item extends { readonly row: number }, Sort extends string>({
  items,
  columns,
  className,
  order,
  onSort,
}: ItemTableProps<Item, Sort>) {
  return (
    <div className="scrollx">
      <table className={`table still ${styles["items"]} ${className}`}>
        <thead>
          <tr>
            {columns.map(({ key, head, unit, isNumeric = false, sort }) => (
              <HeadCell
                key={key}
                isNumeric={isNumeric}
                {...(unit === undefined ? {} : { unit })}
                {...(sort === undefined ? {} : { order: order.sort === sort ? order.order : undefined, onSort: () => onSort(sort) })}
              >
                {head}
              </HeadCell>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.row}>
              {columns.map(({ key, isNumeric, className: own, cell, title }) => (
                <td key={key} className={isNumeric ? "num" : own} title={title?.(item)}>
                  {cell(item)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
