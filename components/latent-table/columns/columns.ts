import type { ColumnHistogram, LatentSortKey } from "@/lib/contract/latent";
import type { RangeColumn } from "@/lib/contract/latent-ranges";

export const columnKeys = [
  "fireCount",
  "density",
  "meanActivation",
  "meanSquare",
  "skewness",
  "maxActivation",
  "minActivation",
  "outputShare",
  "decoderNorm",
  "attribution",
  "ablation",
  "selectivity",
  "domains",
  "bornAtStep",
  "topTokens",
  "label",
] as const;
export type ColumnKey = (typeof columnKeys)[number];

/** A column that a person may show or hide; the choice, module and index always stand before them. */
export type TableColumn = {
  readonly key: ColumnKey;
  readonly name: string;
  /** What the number is, with its unit. */
  readonly title: string;
  readonly unit?: string;
  /** Undefined where rows cannot be ordered by it. */
  readonly sort?: LatentSortKey;
  /** Where the column has a histogram whose brush filters. */
  readonly range?: RangeColumn;
  /** Pixels; of a column that `grows`, the least. */
  readonly width: number;
  readonly grows?: boolean;
  /** Where there is no room for all, the lowest gives way first. */
  readonly rank: number;
};

export type ColumnWords = {
  /** `latent` or `component`. */
  readonly one: string;
  readonly isLora: boolean;
  readonly domains: number;
  /** Whether any effect was measured: then the column of effects has a plot beside its numbers. */
  readonly hasEffects: boolean;
};

/** Every column of the table in its order. */
export function tableColumns({ one, isLora, domains, hasEffects }: ColumnWords): readonly TableColumn[] {
  const over = `over the tokens at which the ${one} fires`;
  const columns: TableColumn[] = [
    numeric("fireCount", "Fires on", `Counted tokens at which the ${one} fires`, 88, 5),
    { ...numeric("density", "Density", `Share of counted tokens at which the ${one} fires`, 98, 14), range: "density" },
    { ...numeric("meanActivation", "Mean", `Mean activation ${over}`, 80, 4), range: "meanActivation" },
    { ...numeric("meanSquare", "Mean square", `Mean of squared activations ${over}`, 92, 1), range: "meanSquare" },
    { ...numeric("skewness", "Skewness", `Skewness of the activations ${over}`, 84, 2), range: "skewness" },
    { ...numeric("maxActivation", "Max", "Largest activation", 72, 13), range: "maxActivation" },
    {
      ...numeric("minActivation", "Min", `Smallest activation; below zero where the ${one} is signed`, 80, isLora ? 12 : 3),
      range: "minActivation",
    },
    {
      ...numeric("outputShare", "Output share", `Share of the module’s update that the ${one} writes; adds up to 1 over a module`, 98, 11),
      range: "outputShare",
    },
    { ...numeric("decoderNorm", "Decoder norm", `Length of the ${one}’s decoder column`, 92, 2), range: "decoderNorm" },
    {
      ...numeric("attribution", "Attribution", `First-order change of loss if it were ablated: mean of −a·∂L/∂a ${over}`, 104, 6),
      range: "attribution",
      unit: "nats",
    },
    {
      ...numeric(
        "ablation",
        "Δ loss",
        `Measured change of loss a firing with the ${one} ablated, with its 95 % interval`,
        hasEffects ? effectNumberWidth + effectWidth : effectNumberWidth,
        15,
      ),
      range: "ablation",
    },
    {
      ...numeric(
        "selectivity",
        "Selectivity",
        "Largest share of firings in one domain, as if all domains had equally many tokens; sorted by the lower end of its 95 % interval",
        88,
        10,
      ),
      range: "selectivity",
    },
    {
      key: "domains",
      name: "Firings by domain",
      title: "Firings in each domain, as if all had equally many tokens",
      width: Math.max(118, domains * (domains > mostWideBars ? 13 : 29) + 13),
      rank: 9,
    },
    {
      ...numeric("bornAtStep", "Born", "Training step at which it first fired in earnest; the step at which it died, if it did", 92, 3),
      range: "bornAtStep",
      unit: "step",
    },
    { key: "topTokens", name: "Fires at", title: "Tokens at which it fires most", width: 150, grows: true, rank: 16 },
    {
      key: "label",
      name: "Label",
      title: "What a person or a language model called it; else, in grey, its top tokens",
      sort: "label",
      width: 116,
      grows: true,
      rank: 8,
    },
  ];
  return domains > 0 ? columns : columns.filter(({ key }) => key !== "domains" && key !== "selectivity");
}

/** Pixels of the numbers of effects, and of the plot beside them. */
export const effectNumberWidth = 96;
export const effectWidth = 148;
/** Up to so many domains have bars that a name fits over. */
export const mostWideBars = 8;

/** Those of which any value is known: what a dictionary's source did not measure cannot be measured here. All, before the histograms are there. */
export function knownColumns(columns: readonly TableColumn[], histograms: readonly ColumnHistogram[]): readonly TableColumn[] {
  const isKnown = ({ range }: TableColumn) => {
    const histogram = histograms.find(({ column }) => column === range);
    return histogram === undefined || histogram.counts.some((count) => count > 0);
  };
  return columns.filter(isKnown);
}

/** The columns that are shown until a person chooses others: a rank component fires at nearly every token, so its ends take the place of density. */
export function defaultColumns(isLora: boolean): readonly ColumnKey[] {
  const first: readonly ColumnKey[] = isLora ? ["maxActivation", "minActivation"] : ["density", "maxActivation"];
  return [...first, "outputShare", "attribution", "ablation", "selectivity", "domains", "topTokens", "label"];
}

/** Pixels of the choice and of module and index, which always stand. */
export const choiceWidth = 40;
export const nameWidth = 150;

/** Those of `columns` that fit into `width` pixels, in their order: the lowest ranks give way. */
export function fittingColumns(columns: readonly TableColumn[], width: number): readonly TableColumn[] {
  const kept = new Set(columns);
  let needed = choiceWidth + nameWidth + columns.reduce((sum, column) => sum + column.width, 0);
  for (const column of [...columns].sort((a, b) => a.rank - b.rank)) {
    if (needed <= width || kept.size === 1) break;
    kept.delete(column);
    needed -= column.width;
  }
  return columns.filter((column) => kept.has(column));
}

/**
 * Pixels of the cells of each column: those that grow share what the others leave, and the last of them takes the rest, as null.
 *
 * @param hasEffects whether the plot of effects has a cell of its own
 */
export function columnWidths(columns: readonly TableColumn[], room: number, hasEffects: boolean): (number | null)[] {
  const growing = columns.filter(({ grows }) => grows === true);
  const left = room - columns.reduce((sum, { width }) => sum + width, choiceWidth + nameWidth);
  const share = growing.length === 0 ? 0 : Math.max(0, Math.floor(left / growing.length));
  return columns.flatMap((column) => {
    if (column.key === "ablation" && hasEffects) return [column.width - effectWidth, effectWidth];
    if (column === growing.at(-1)) return [null];
    return [column.width + (column.grows === true ? share : 0)];
  });
}

/** As an address and the browser's memory hold them: names parted by commas. Null where it names none that exists. */
export function readColumns(text: string | null): readonly ColumnKey[] | null {
  if (text === null) return null;
  const wanted = new Set(text.split(","));
  const known = columnKeys.filter((key) => wanted.has(key));
  return known.length === 0 ? null : known;
}

function numeric(key: ColumnKey & LatentSortKey, name: string, title: string, width: number, rank: number): TableColumn {
  return { key, name, title, sort: key, width, rank };
}
