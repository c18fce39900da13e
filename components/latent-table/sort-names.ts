import { type LatentSortKey, orderTellsOf, readingOrder, sortWord, tellingSorts } from "@/lib/contract/latent-columns/column-sorts";
import type { ColumnKey, TableColumn } from "./columns/columns";

/** What rows can be ordered by, most telling first, as the list of a narrow screen says it; none by which all dense components are equal. */
export function sortNames(isDense: boolean): (readonly [LatentSortKey, string])[] {
  return tellingSorts.filter((key) => orderTellsOf(key, isDense)).map((key) => [key, sortWord(key)] as const);
}

/**
 * The value that a card shows: the one that rows are ordered by, in reading order a measured effect where there is one; where that is no number, how often
 * it fires, or how much a dense component writes.
 */
export function shownValue(sort: LatentSortKey, isDense: boolean, hasEffect: boolean): ColumnKey & LatentSortKey {
  if (sort === "selectivityShare") return "selectivity";
  if (sort === readingOrder) return hasEffect ? "ablation" : "outputShare";
  return sort === "module" || sort === "index" || sort === "label" ? (isDense ? "outputShare" : "fireCount") : sort;
}

/** What the numbers of cards are. @param hasEffects whether the effect of any latent was measured */
export function cardNumbers(sort: LatentSortKey, isDense: boolean, hasEffects: boolean): string {
  const word = sortWord(shownValue(sort, isDense, false));
  return sort === readingOrder && hasEffects ? `${sortWord("ablation")}, else ${word}` : word;
}

/** The column that shows the order: where firings have none, density, which is the same order. */
export function shownSort(sort: LatentSortKey, columns: readonly TableColumn[]): LatentSortKey {
  const isShown = (key: ColumnKey) => columns.some((column) => column.key === key);
  return sort === "fireCount" && !isShown("fireCount") && isShown("density") ? "density" : sort;
}

/** The order in words where no column's head shows it; null where one does. */
export function hiddenOrder(sort: LatentSortKey, order: "asc" | "desc", columns: readonly TableColumn[]): string | null {
  const shown = shownSort(sort, columns);
  if (shown === "module" || shown === "index" || columns.some((column) => column.sort === shown)) return null;
  if (shown === readingOrder) return order === "desc" ? "in reading order" : "in reading order, last first";
  return `by ${sortWord(sort)}, ${order === "desc" ? "largest" : "smallest"} first`;
}
