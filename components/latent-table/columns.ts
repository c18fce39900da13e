import type { LatentParams } from "@/components/latents/latent-params";
import { powerOfTen } from "@/components/plots/ticks";
import type { ColumnHistogram, LatentRow, latentSortKeys } from "@/lib/contract/latent";
import { formatPercent, formatScientific, formatSignificant, notMeasured } from "@/lib/numbers/format";

type SortKey = (typeof latentSortKeys)[number];
type RangeName = "densityMin" | "densityMax" | "maxActivationMin" | "maxActivationMax" | "selectivityMin" | "selectivityMax";

/** A numeric column of the table. */
export type NumberColumn = {
  readonly key: "density" | "maxActivation" | "minActivation" | "meanActivation" | "selectivity";
  readonly name: string;
  readonly title: string;
  readonly sort: SortKey;
  /** The filters that a drag over its histogram sets. */
  readonly range?: { readonly min: RangeName; readonly max: RangeName };
  readonly write: (row: LatentRow) => string;
  readonly writeValue: (value: number) => string;
  /** Which of the columns give way where the table is narrow, and in which order. */
  readonly givesWay?: "first" | "second";
};

const plain = (value: number | null) => (value === null ? notMeasured : formatSignificant(value));

export const numberColumns: readonly NumberColumn[] = [
  {
    key: "density",
    name: "Density",
    title: "Share of counted tokens on which the latent is kept",
    sort: "density",
    range: { min: "densityMin", max: "densityMax" },
    write: (row) => (row.density >= 0.01 ? formatSignificant(row.density, 3) : row.density === 0 ? "0" : formatScientific(row.density, 2)),
    writeValue: (value) => formatSignificant(value, 2),
  },
  {
    key: "maxActivation",
    name: "Max",
    title: "Largest activation",
    sort: "maxActivation",
    range: { min: "maxActivationMin", max: "maxActivationMax" },
    write: (row) => plain(row.maxActivation),
    writeValue: (value) => String(Number(value.toPrecision(2))),
  },
  {
    key: "minActivation",
    name: "Min",
    title: "Smallest activation; below zero where the latent is signed",
    givesWay: "second",
    sort: "minActivation",
    write: (row) => plain(row.minActivation),
    writeValue: (value) => formatSignificant(value),
  },
  {
    key: "meanActivation",
    givesWay: "first",
    name: "Mean",
    title: "Mean activation over the tokens on which the latent fires",
    sort: "meanActivation",
    write: (row) => plain(row.meanActivation),
    writeValue: (value) => formatSignificant(value),
  },
  {
    key: "selectivity",
    name: "Selectivity",
    title: "Largest share of firings in one domain, as if all domains had equally many tokens",
    sort: "selectivity",
    range: { min: "selectivityMin", max: "selectivityMax" },
    write: (row) => (row.selectivity === null ? notMeasured : formatPercent(row.selectivity, 0)),
    writeValue: (value) => formatPercent(value, 0),
  },
];

/** The two ends of a histogram's axis in a head: short, powers of ten on a log scale. */
export function endsOf(column: NumberColumn, histogram: ColumnHistogram): [string, string] {
  const write = (value: number) =>
    histogram.scale === "log" && value > 0 ? powerOfTen(Math.round(Math.log10(value))) : column.writeValue(value);
  const isWhole = (value: number) => value > 0 && Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-6;
  const ends = [histogram.edges[0] ?? 0, histogram.edges.at(-1) ?? 0] as const;
  const words = ends.map((value) => (isWhole(value) ? write(value) : column.writeValue(value)));
  return [words[0] ?? "", words[1] ?? ""];
}

/** The range that a column is filtered to now. */
export function rangeOf(column: NumberColumn, params: LatentParams): { min: number | null; max: number | null } {
  return { min: (column.range && params[column.range.min]) ?? null, max: (column.range && params[column.range.max]) ?? null };
}
