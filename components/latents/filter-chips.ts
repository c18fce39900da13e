import { formatPercent, formatSignificant } from "@/lib/numbers/format";
import { type LatentParams, withFilters } from "./latent-params";

/** A filter in words, and the table's parameters without it. */
export type FilterWords = { readonly key: string; readonly label: string; readonly without: LatentParams };

/** The filters in force, in the order in which they are drawn. */
export function filterChips(params: LatentParams): FilterWords[] {
  const chips: FilterWords[] = [];
  const add = (key: string, label: string, lifted: Parameters<typeof withFilters>[1]) =>
    chips.push({ key, label, without: withFilters(params, lifted) });
  if (params.module !== undefined) add("module", params.module, { module: undefined });
  if (params.layer !== undefined) add("layer", `layer ${params.layer}`, { layer: undefined });
  if (params.projection !== undefined) add("projection", params.projection, { projection: undefined });
  if (params.state !== "all") add("state", stateNames[params.state], { state: "all" });
  if (params.domain !== undefined) add("domain", `fires most on ${params.domain}`, { domain: undefined });
  if (params.token !== undefined) add("token", `token “${params.token}”`, { token: undefined });
  const density = rangeWords("density", params.densityMin, params.densityMax, (value) => formatSignificant(value, 2));
  if (density !== null) add("density", density, { densityMin: undefined, densityMax: undefined });
  const largest = rangeWords("max", params.maxActivationMin, params.maxActivationMax, (value) => formatSignificant(value, 3));
  if (largest !== null) add("max", largest, { maxActivationMin: undefined, maxActivationMax: undefined });
  const selectivity = rangeWords("selectivity", params.selectivityMin, params.selectivityMax, (value) => formatPercent(value, 0));
  if (selectivity !== null) add("selectivity", selectivity, { selectivityMin: undefined, selectivityMax: undefined });
  return chips;
}

export const stateNames = { all: "all", alive: "alive", dead: "dead", alwaysOn: "always on" } as const;

function rangeWords(name: string, min: number | undefined, max: number | undefined, format: (value: number) => string): string | null {
  if (min === undefined && max === undefined) return null;
  if (min === undefined) return `${name} below ${format(max ?? 0)}`;
  if (max === undefined) return `${name} from ${format(min)}`;
  return `${name} ${format(min)} – ${format(max)}`;
}
