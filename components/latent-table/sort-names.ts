import type { LatentSortKey } from "@/lib/contract/latent";
import type { ColumnKey, TableColumn } from "./columns/columns";

/** What rows can be ordered by, most telling first, as the list of a narrow screen says it. */
export const sortNames: readonly (readonly [LatentSortKey, string])[] = [
  ["fireCount", "firings"],
  ["ablation", "Δ loss"],
  ["attribution", "attribution"],
  ["outputShare", "output share"],
  ["selectivity", "selectivity"],
  ["selectivityShare", "selectivity, share alone"],
  ["maxActivation", "max"],
  ["minActivation", "min"],
  ["meanActivation", "mean"],
  ["meanSquare", "mean square"],
  ["skewness", "skewness"],
  ["density", "density"],
  ["decoderNorm", "decoder norm"],
  ["bornAtStep", "step of birth"],
  ["label", "label"],
  ["module", "module"],
  ["index", "index"],
];

/** The value that a card shows: the one that rows are ordered by, or how often it fires where that is no number. */
export function shownValue(sort: LatentSortKey): ColumnKey {
  if (sort === "selectivityShare") return "selectivity";
  return sort === "module" || sort === "index" || sort === "label" ? "fireCount" : sort;
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
  const name = sortNames.find(([key]) => key === sort)?.[1] ?? sort;
  return `by ${name}, ${order === "desc" ? "largest" : "smallest"} first`;
}
