import type { LatentSortKey } from "@/lib/contract/latent";
import type { ColumnKey } from "./columns/columns";

/** What rows can be ordered by, most telling first, as the list of a narrow screen says it. */
export const sortNames: readonly (readonly [LatentSortKey, string])[] = [
  ["fireCount", "firings"],
  ["ablation", "Δ loss"],
  ["attribution", "attribution"],
  ["outputShare", "output share"],
  ["selectivity", "selectivity"],
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
  return sort === "module" || sort === "index" || sort === "label" ? "fireCount" : sort;
}
