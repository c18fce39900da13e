import type { HeatCell } from "@/components/plots/heat-map-layout";
import type { CollectionModule } from "@/lib/contract/latent";
import { formatInteger, formatPercent, formatSignificant } from "@/lib/numbers/format";
import { meanOf } from "@/lib/numbers/intervals";

export const mapColours = ["updateNorm", "effectiveRank", "alive", "dead", "attribution", "alwaysOn"] as const;
export type MapColour = (typeof mapColours)[number];

type ColourWords = { readonly label: string; readonly format: (value: number) => string; readonly unit?: string };

/** What a map is coloured by, and how a value of it is written. `one` is `latent` or `component`. */
export function colourWords(colour: MapColour, one: string): ColourWords {
  switch (colour) {
    case "updateNorm":
      return { label: "Update norm, relative to ‖W₀x‖", format: (value) => formatSignificant(value) };
    case "effectiveRank":
      return { label: "Effective rank of the update", format: (value) => formatSignificant(value) };
    case "alive":
      return { label: `Share of ${one}s alive`, format: (value) => formatPercent(value) };
    case "dead":
      return { label: `Share of ${one}s dead`, format: (value) => formatPercent(value) };
    case "attribution":
      return { label: `Mean |attribution| of a ${one}`, format: (value) => formatSignificant(value), unit: "nats" };
    case "alwaysOn":
      return { label: `Share of ${one}s always on`, format: (value) => formatPercent(value) };
  }
}

/** The quantities that a collection has for at least one of its modules, without those that are the same for all dense components. */
export function knownColours(modules: readonly CollectionModule[], isDense: boolean): readonly MapColour[] {
  return mapColours.filter((colour) => !(isDense && ofFirings.has(colour)) && modules.some((module) => readingOf(module, colour) !== null));
}

const ofFirings: ReadonlySet<MapColour> = new Set(["alive", "dead", "alwaysOn"]);

export type ModuleCell = HeatCell & { readonly module: string };

/**
 * Modules as cells. Rows are projections; where two of one layer share a projection's name (GPT-2's two `c_proj`), rows are what follows the
 * layer in the module's name, and `hasPlainRows` is false: such a row cannot be filtered by projection.
 */
export function mapCells(
  modules: readonly CollectionModule[],
  colour: MapColour,
  one: string,
  isDense = false,
): { cells: ModuleCell[]; hasPlainRows: boolean } {
  const hasPlainRows = new Set(modules.map((module) => `${module.layer} ${module.projection}`)).size === modules.length;
  const words = colourWords(colour, one);
  const cells = modules.map((module) => {
    const value = readingOf(module, colour);
    const unit = words.unit === undefined ? "" : ` ${words.unit}`;
    const reading = value === null ? "unknown" : `${words.format(value)}${unit}`;
    const counts = `${formatInteger(module.numLatents)} ${one}s${isDense && module.dead === 0 ? "" : `, ${formatInteger(module.dead)} dead`}`;
    return {
      module: module.name,
      row: hasPlainRows ? module.projection : afterLayer(module),
      column: module.layer,
      value,
      title: `${module.name}: ${reading}, ${counts}`,
      texts: value === null ? [] : [`${reading} · ${counts}`, words.format(value)],
    };
  });
  return { cells, hasPlainRows };
}

/** Top of the colour scale: 1 for what is alive, else the largest value there is; of shares at least a hundredth. */
export function mapMax(cells: readonly HeatCell[], colour: MapColour): number {
  const largest = Math.max(0, ...cells.map((cell) => cell.value ?? 0));
  if (colour === "alive") return 1;
  return colour === "alwaysOn" || colour === "dead" ? Math.max(0.01, largest) : largest;
}

/** The mean over each row's modules, for what stands at its end. */
export function rowMeans(cells: readonly HeatCell[], colour: MapColour, one: string): ReadonlyMap<string, string> {
  const words = colourWords(colour, one);
  const means = new Map<string, string>();
  for (const row of new Set(cells.map((cell) => cell.row))) {
    const values = cells.flatMap((cell) => (cell.row === row && cell.value !== null ? [cell.value] : []));
    if (values.length > 0) means.set(row, `mean ${words.format(meanOf(values))}`);
  }
  return means;
}

function readingOf(module: CollectionModule, colour: MapColour): number | null {
  if (module.numLatents === 0) return null;
  switch (colour) {
    case "updateNorm":
      return module.updateNorm;
    case "effectiveRank":
      return module.effectiveRank ?? null;
    case "alive":
      return (module.numLatents - module.dead) / module.numLatents;
    case "dead":
      return module.dead / module.numLatents;
    case "attribution":
      return module.meanAbsAttribution;
    case "alwaysOn":
      return module.alwaysOn / module.numLatents;
  }
}

function afterLayer(module: CollectionModule): string {
  const parts = module.name.split(".");
  const at = parts.indexOf(String(module.layer));
  return at === -1 ? module.name : parts.slice(at + 1).join(".");
}
