import type { PositionKind } from "@/lib/contract/positions/position-kind";
import { searchedWords } from "@/lib/contract/positions/positions";
import { type LatentParams, rangesOf, withFilters, withRange } from "./latent-params";
import { rangeText } from "./range-words";

/** A filter in words, and the table's parameters without it. */
export type FilterWords = { readonly key: string; readonly label: string; readonly without: LatentParams };

/** The filters in force, in the order in which they are drawn. */
export function filterChips(params: LatentParams, positions: PositionKind): FilterWords[] {
  const chips: FilterWords[] = [];
  const add = (key: string, label: string, lifted: Parameters<typeof withFilters>[1]) =>
    chips.push({ key, label, without: withFilters(params, lifted) });
  if (params.module !== undefined) add("module", params.module, { module: undefined });
  const layers = layerText(params);
  if (layers !== null) add("layer", layers, { layerFrom: undefined, layerTo: undefined });
  if (params.projection !== undefined) add("projection", params.projection, { projection: undefined });
  if (params.state !== "all") add("state", stateNames[params.state], { state: "all" });
  if (params.domain !== undefined) add("domain", `fires most on ${params.domain}`, { domain: undefined });
  if (params.search !== undefined) add("search", `${searchedWords(positions)} “${params.search}”`, { search: undefined });
  if (params.labelled !== undefined) add("labelled", params.labelled === "any" ? "labelled" : "unlabelled", { labelled: undefined });
  for (const range of rangesOf(params)) {
    const label = rangeText(range);
    if (label !== "") chips.push({ key: range.column, label, without: withRange(params, { column: range.column, from: null, to: null }) });
  }
  return chips;
}

export const stateNames = { all: "all", alive: "alive", dead: "dead", alwaysOn: "always on" } as const;

/** `layer 9`, `layers 9–14`, `layers from 9`; null when no layer is filtered out. */
function layerText({ layerFrom, layerTo }: LatentParams): string | null {
  if (layerFrom === undefined) return layerTo === undefined ? null : `layers up to ${layerTo}`;
  if (layerTo === undefined) return `layers from ${layerFrom}`;
  return layerFrom === layerTo ? `layer ${layerFrom}` : `layers ${layerFrom}–${layerTo}`;
}
