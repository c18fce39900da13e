"use client";
import { ArrowDown, ArrowUp } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "./class-names";

export type SortOrder = "asc" | "desc";
type HeadCellProps = {
  children: ReactNode;
  /** Under the name, so that cells need not repeat it. */
  unit?: string;
  isNumeric?: boolean;
  /** Set on the column by which rows are sorted now. */
  order?: SortOrder | undefined;
  /** Without it the column cannot be sorted. */
  onSort?: () => void;
  width?: number;
  className?: string | undefined;
};

/** A column's name; a button when rows can be sorted by it. */
export function HeadCell({ children, unit, isNumeric = false, order, onSort, width, className }: HeadCellProps) {
  const Arrow = order === "asc" ? ArrowUp : ArrowDown;
  return (
    <th
      className={classNames(isNumeric && "num", order && "sorted", className)}
      aria-sort={order === undefined ? undefined : order === "asc" ? "ascending" : "descending"}
      style={width === undefined ? undefined : { width }}
      scope="col"
    >
      {onSort ? (
        <button type="button" className="sortbtn" onClick={onSort}>
          {children}
          {order ? <Arrow size={11} aria-hidden="true" /> : null}
        </button>
      ) : (
        children
      )}
      {unit ? <span className="unit">{unit}</span> : null}
    </th>
  );
}
