import type { HeatCell } from "@/components/plots/heat-map-layout";
import type { CollectionSummary } from "@/lib/contract/latent";
import { formatInteger } from "@/lib/numbers/format";

export type MapColour = "alive" | "dead" | "alwaysOn";
type Module = CollectionSummary["modules"][number];

/**
 * Modules as cells. Rows are projections; where two of one layer share a projection's name (GPT-2's two `c_proj`), rows are what follows the
 * layer in the module's name, and `hasPlainRows` is false: such a row cannot be filtered by projection.
 */
export function mapCells(
  modules: readonly Module[],
  colour: MapColour,
): { cells: (HeatCell & { module: string })[]; hasPlainRows: boolean } {
  const hasPlainRows = new Set(modules.map((module) => `${module.layer} ${module.projection}`)).size === modules.length;
  const cells = modules.map((module) => ({
    module: module.name,
    row: hasPlainRows ? module.projection : afterLayer(module),
    column: module.layer,
    value: share(module, colour),
    title: `${module.name}: ${formatInteger(module.numLatents - module.dead)} of ${formatInteger(module.numLatents)} alive, ${formatInteger(module.dead)} dead, ${formatInteger(module.alwaysOn)} always on`,
  }));
  return { cells, hasPlainRows };
}

/** Top of the colour scale: 1 for what is alive, else the largest share there is, at least a hundredth. */
export function mapMax(cells: readonly HeatCell[], colour: MapColour): number {
  return colour === "alive" ? 1 : Math.max(0.01, ...cells.map((cell) => cell.value ?? 0));
}

function share(module: Module, colour: MapColour): number | null {
  if (module.numLatents === 0) return null;
  switch (colour) {
    case "alive":
      return (module.numLatents - module.dead) / module.numLatents;
    case "dead":
      return module.dead / module.numLatents;
    case "alwaysOn":
      return module.alwaysOn / module.numLatents;
  }
}

function afterLayer(module: Module): string {
  const parts = module.name.split(".");
  const at = parts.indexOf(String(module.layer));
  return at === -1 ? module.name : parts.slice(at + 1).join(".");
}
