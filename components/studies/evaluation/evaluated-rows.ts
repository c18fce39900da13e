import type { EvaluatedRow, EvaluationResult } from "@/lib/contract/study";

export type RowSortKey = "row" | "domain" | "labelTokens" | "base" | "adapter" | "change" | "gained" | "lost";
export type RowSort = { readonly key: RowSortKey; readonly order: "asc" | "desc" };
export type RowFilter = "all" | "flipped" | "toRight" | "toWrong";

/** Edited minus adapter, nats per label token. */
export function changeOf({ edited, adapter }: EvaluatedRow): number {
  return edited.loss - adapter.loss;
}

/** Whether the greedy answer became exact or stopped being exact. */
export function flipOf({ edited, adapter }: EvaluatedRow): "toRight" | "toWrong" | null {
  if (edited.isExact === adapter.isExact) return null;
  return edited.isExact ? "toRight" : "toWrong";
}

/** The rows that are asked for, in order; changes by their size, falls and rises together. */
export function shownRows(rows: readonly EvaluatedRow[], filter: RowFilter, { key, order }: RowSort): EvaluatedRow[] {
  const sign = order === "asc" ? 1 : -1;
  const kept = rows.filter((row) => filter === "all" || (filter === "flipped" ? flipOf(row) !== null : flipOf(row) === filter));
  return kept.sort((one, other) => {
    if (key === "domain") return sign * (one.domain ?? "").localeCompare(other.domain ?? "");
    return sign * (numberOf(one, key) - numberOf(other, key));
  });
}

/** Label tokens that became right or wrong, over all rows. */
export function tokenTotals({ rows }: Pick<EvaluationResult, "rows">): { readonly gained: number; readonly lost: number } {
  return { gained: rows.reduce((sum, row) => sum + row.gained, 0), lost: rows.reduce((sum, row) => sum + row.lost, 0) };
}

function numberOf(row: EvaluatedRow, key: Exclude<RowSortKey, "domain">): number {
  switch (key) {
    case "change":
      return Math.abs(changeOf(row));
    case "base":
    case "adapter":
      return row[key].loss;
    default:
      return row[key];
  }
}
