import { type LatentParams, withFilters } from "@/components/latents/latent-params";
import type { ModuleCell } from "./module-map-cells";

/** Whether the filters of place (module, layers, projection) include this module; false where none is set. */
export function isInFilter(cell: ModuleCell, params: LatentParams): boolean {
  const { module, layerFrom, layerTo, projection } = params;
  if (module === undefined && layerFrom === undefined && layerTo === undefined && projection === undefined) return false;
  return (
    (module === undefined || module === cell.module) &&
    (layerFrom === undefined || cell.column >= layerFrom) &&
    (layerTo === undefined || cell.column <= layerTo) &&
    (projection === undefined || projection === cell.row)
  );
}

/** The table of this module alone; of all modules where it was this one already. */
export function withModule(params: LatentParams, module: string): LatentParams {
  const isSame = params.module === module;
  return withFilters(params, { ...noPlace, module: isSame ? undefined : module });
}

/** The table of this layer, whatever the projection; of all layers where it was this one already. */
export function withLayer(params: LatentParams, layer: number): LatentParams {
  const isSame = params.layerFrom === layer && params.layerTo === layer;
  return withFilters(params, { module: undefined, layerFrom: isSame ? undefined : layer, layerTo: isSame ? undefined : layer });
}

/**
 * The layers from those that are chosen to this one.
 *
 * @param layerOfModule of the module that is chosen, where one is
 */
export function withLayersTo(params: LatentParams, layer: number, layerOfModule: number | undefined): LatentParams {
  const from = layerOfModule ?? params.layerFrom ?? params.layerTo ?? layer;
  const to = layerOfModule ?? params.layerTo ?? params.layerFrom ?? layer;
  return withFilters(params, { module: undefined, layerFrom: Math.min(from, layer), layerTo: Math.max(to, layer) });
}

/** The table of this projection in the layers that are chosen; of all where it was this one already. */
export function withProjection(params: LatentParams, projection: string): LatentParams {
  return withFilters(params, { module: undefined, projection: params.projection === projection ? undefined : projection });
}

const noPlace = { module: undefined, layerFrom: undefined, layerTo: undefined, projection: undefined } as const;
