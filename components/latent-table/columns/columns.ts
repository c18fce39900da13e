import { fittingColumns as fitColumns } from "@/components/ui/columns/fitting-columns";
import { readColumns as readKeys } from "@/components/ui/columns/use-column-choice";
import type { ColumnHistogram } from "@/lib/contract/latent";
import { type LatentSortKey, latentSortKeys } from "@/lib/contract/latent-columns/column-sorts";
import type { TableFacts } from "@/lib/contract/latent-columns/latent-column";
import { type ColumnsWith, columnOf, columnsWith, latentColumns, tellsOf } from "@/lib/contract/latent-columns/latent-columns";
import { inTableOrder } from "@/lib/contract/latent-columns/table-order";
import { type RangeColumn, rangeColumns } from "@/lib/contract/latent-ranges";
import type { PositionKind } from "@/lib/contract/positions/position-kind";

/** `domains` draws the firings of every domain: it has no number to be described by. */
export type ColumnKey = ColumnsWith<"table"> | "domains";
/** In the table's order, as an address names them. */
export const columnKeys: readonly ColumnKey[] = inTableOrder(columnsWith("table")).flatMap((key) =>
  key === "selectivity" ? [key, "domains" as const] : [key],
);

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
  readonly positions: PositionKind;
  readonly isDense: boolean;
  readonly domains: number;
  /** Whether any effect was measured: then the column of effects has a plot beside its numbers. */
  readonly hasEffects: boolean;
  /** Whether anyone wrote a label: without one the column has at most a domain to show, and leaves its room to the tokens. */
  readonly hasLabels: boolean;
};

/** Every column of the table in its order; none that is the same for every dense component, where they are dense. */
export function tableColumns({ one, positions, isDense, domains, hasEffects, hasLabels }: ColumnWords): readonly TableColumn[] {
  const columns = columnKeys
    .filter((key) => (key === "domains" ? !isDense : tellsOf(key, isDense)))
    .map((key): TableColumn => {
      if (key === "domains") return domainColumn(domains, positions);
      const column = describedColumn(key, one, positions);
      if (key === "ablation" && hasEffects) return { ...column, width: effectNumberWidth + effectWidth };
      if (key === "label" && !hasLabels && positions.hasVocabulary) return { ...column, width: bareLabelWidth, grows: false };
      return key === "minActivation" && isDense ? { ...column, rank: signedRank } : column;
    });
  const isThere = ({ key }: TableColumn) =>
    (domains > 0 || (key !== "domains" && key !== "selectivity")) && (positions.hasVocabulary || !tokenColumns.has(key));
  return columns.filter(isThere);
}

/** Whether only dense components have the column; an earlier version did not collect it. */
export function onlyOfDense(key: ColumnKey): boolean {
  return key !== "domains" && columnOf(key).only === "dense";
}

const tokenColumns: ReadonlySet<ColumnKey> = new Set(["topTokens", "positiveTail", "negativeTail"]);

/** Whether a column shows tokens that the latent fires at. */
export function isOfTokens({ key }: TableColumn): boolean {
  return tokenColumns.has(key);
}

/** Of the smallest activation, where half of all are below zero. */
const signedRank = 12;

function describedColumn(key: ColumnsWith<"table">, one: string, positions: PositionKind): TableColumn {
  const { explain, unit } = columnOf(key);
  const { name, width, rank, grows }: TableFacts = latentColumns[key].table;
  const sort = latentSortKeys.find((each) => each === key);
  const range = rangeColumns.find((each) => each === key);
  return {
    key,
    name,
    title: explain(one, positions),
    width,
    rank,
    ...(unit === undefined ? {} : { unit }),
    ...(sort === undefined ? {} : { sort }),
    ...(range === undefined ? {} : { range }),
    ...(grows === undefined ? {} : { grows }),
  };
}

function domainColumn(domains: number, { plural }: PositionKind): TableColumn {
  const width = Math.max(118, domains * (domains > mostWideBars ? 13 : 29) + 13);
  return {
    key: "domains",
    name: "Firings by domain",
    title: `Firings in each domain, as if all had equally many ${plural}`,
    width,
    rank: 9,
  };
}

/** Pixels of the column of labels where none was written. */
const bareLabelWidth = 84;
/** Pixels of the numbers of effects, and of the plot beside them. */
export const effectNumberWidth = latentColumns.ablation.table.width;
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

/** The columns that are shown until a person chooses others: a dense component fires at every position, so its ends and tails take the place of density. */
export function defaultColumns(isDense: boolean): readonly ColumnKey[] {
  return columnKeys.filter((key) => {
    if (key === "domains") return !isDense;
    const shownFor = columnOf(key).table?.shownFor;
    return shownFor === "both" || shownFor === (isDense ? "components" : "latents");
  });
}

/** Pixels of the choice and of module and index, which always stand. */
export const choiceWidth = 40;
export const nameWidth = 150;

/** Those of `columns` that fit into `width` pixels beside the choice and the name. */
export function fittingColumns(columns: readonly TableColumn[], width: number): readonly TableColumn[] {
  return fitColumns(columns, width, choiceWidth + nameWidth);
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

/** As an address names them; null where it names none that exists. */
export function readColumns(text: string | null): readonly ColumnKey[] | null {
  return readKeys(text, columnKeys);
}
