"use client";
import { ArrowDown, ArrowUp } from "lucide-react";
import type { ReactNode } from "react";
import { type LatentParams, toggleSort, withFilters } from "@/components/latents/latent-params";
import { ColumnHistogram } from "@/components/plots/column-histogram";
import { binsFromEdges } from "@/components/plots/histogram-layout";
import { classNames } from "@/components/ui/class-names";
import type { ColumnHistogram as Histogram, latentSortKeys } from "@/lib/contract/latent";
import { endsOf, type NumberColumn, rangeOf } from "./columns";
import styles from "./latents.module.css";

type LatentHeadProps = {
  readonly columns: readonly NumberColumn[];
  readonly histograms: readonly Histogram[];
  readonly domains: readonly { readonly name: string }[];
  readonly params: LatentParams;
  readonly onParams: (next: LatentParams) => void;
};

/** Names of the columns, each with the distribution of its values, over which a drag filters. */
export function LatentHead({ columns, histograms, domains, params, onParams }: LatentHeadProps) {
  return (
    <thead>
      <tr>
        <th style={{ width: 40 }}>
          <span className="vh">Select</span>
        </th>
        <SortHead name="Module and index" title="In the order of the model" sort="module" width={166} params={params} onParams={onParams} />
        <SortHead
          name="Fires on"
          title="Counted tokens on which the latent is kept"
          sort="fireCount"
          width={92}
          isNumeric
          params={params}
          onParams={onParams}
        />
        {columns.map((column) => {
          const histogram = histograms.find((one) => one.column === column.key);
          return (
            <SortHead
              key={column.key}
              width={column.range === undefined ? 84 : 108}
              givesWay={column.givesWay}
              name={column.name}
              title={column.title}
              sort={column.sort}
              isNumeric
              params={params}
              onParams={onParams}
            >
              {histogram !== undefined && column.range !== undefined && (
                <FilterHistogram column={column} histogram={histogram} range={column.range} params={params} onParams={onParams} />
              )}
            </SortHead>
          );
        })}
        {domains.length > 0 && (
          <th className={styles["domains"]} style={{ width: Math.max(120, domains.length * (domains.length > 8 ? 13 : 29) + 16) }}>
            Firings by domain
            {domains.length <= 8 && (
              <span className={styles["abbreviations"]} aria-hidden="true">
                {domains.map((domain) => (
                  <span key={domain.name} title={domain.name}>
                    {domain.name.slice(0, 4)}
                  </span>
                ))}
              </span>
            )}
          </th>
        )}
        <th title="Tokens at which it fires most">Fires at</th>
      </tr>
    </thead>
  );
}

type SortHeadProps = {
  readonly name: string;
  readonly title: string;
  readonly sort: (typeof latentSortKeys)[number];
  readonly isNumeric?: boolean;
  readonly givesWay?: NumberColumn["givesWay"] | undefined;
  /** Pixels; widths are fixed, so that columns stand still while rows come and go. */
  readonly width: number;
  readonly params: LatentParams;
  readonly onParams: (next: LatentParams) => void;
  readonly children?: ReactNode;
};

function SortHead({ name, title, sort, isNumeric = false, givesWay, width, params, onParams, children }: SortHeadProps) {
  const isSorted = params.sort === sort;
  const Arrow = params.order === "asc" ? ArrowUp : ArrowDown;
  return (
    <th
      scope="col"
      className={classNames(isNumeric && "num", isSorted && "sorted", givesWay && styles[givesWay])}
      style={{ width }}
      aria-sort={isSorted ? (params.order === "asc" ? "ascending" : "descending") : undefined}
    >
      <button type="button" className="sortbtn" title={title} onClick={() => onParams(toggleSort(params, sort))}>
        {name}
        {isSorted && <Arrow size={11} aria-hidden="true" />}
      </button>
      {children}
    </th>
  );
}

type FilterHistogramProps = Pick<SortHeadProps, "params" | "onParams"> & {
  readonly column: NumberColumn;
  readonly histogram: Histogram;
  readonly range: NonNullable<NumberColumn["range"]>;
};

function FilterHistogram({ column, histogram, range, params, onParams }: FilterHistogramProps) {
  return (
    <ColumnHistogram
      label={column.name.toLowerCase()}
      bins={binsFromEdges(histogram.edges, histogram.counts)}
      range={rangeOf(column, params)}
      onRange={({ min, max }) => onParams(withFilters(params, { [range.min]: min ?? undefined, [range.max]: max ?? undefined }))}
      width={84}
      ends={endsOf(column, histogram)}
      format={column.writeValue}
    />
  );
}
