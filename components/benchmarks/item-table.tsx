import type { ReactNode } from "react";
import { Select } from "@/components/ui/select";
import { HeadCell, type SortOrder } from "@/components/ui/table-head";
import styles from "./item-table.module.css";

/** A column of a table of rows. */
export type ItemColumn<Item, Sort> = {
  readonly key: string;
  readonly head: ReactNode;
  /** What stands beside each value where there is no room for heads, instead of the head; empty for nothing. */
  readonly label?: string;
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

/** A benchmark's rows, described by columns; on a narrow screen each is a card, its text first. */
export function ItemTable<Item extends { readonly row: number }, Sort extends string>({
  items,
  columns,
  className,
  order,
  onSort,
}: ItemTableProps<Item, Sort>) {
  const sorts = columns.flatMap((column) => (column.sort === undefined ? [] : [{ value: column.sort, label: sortName(column) }]));
  return (
    <div className="scrollx">
      <div className={`only-narrow ${styles["sort"]}`}>
        <Select<Sort> label="Sort by" value={order.sort} onValueChange={onSort} options={sorts} />
      </div>
      <table className={`table stacks still ${styles["items"]} ${className}`}>
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
              {columns.map((column) => (
                <td
                  key={column.key}
                  className={column.isNumeric ? "num" : column.className}
                  title={column.title?.(item)}
                  data-label={labelOf(column) || undefined}
                >
                  {column.cell(item)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type Named = Pick<ItemColumn<never, never>, "head" | "label">;

function labelOf({ head, label }: Named): string {
  return label ?? (typeof head === "string" ? head : "");
}

function sortName({ head, label, key }: Named & { readonly key: string }): string {
  const name = typeof head === "string" ? `${head.charAt(0).toLowerCase()}${head.slice(1)}` : key;
  return `By ${label ? `${name}, ${label}` : name}`;
}
