"use client";
import { ArrowDown, ArrowUp } from "lucide-react";
import { memo, type ReactNode } from "react";
import { type LatentParams, rangesOf, toggleSort, withRange } from "@/components/latents/latent-params";
import { formatColumn } from "@/components/latents/range-words";
import { ColumnHistogram } from "@/components/plots/column-histogram";
import { binsFromEdges } from "@/components/plots/histogram-layout";
import { Checkbox } from "@/components/ui/checkbox";
import { classNames } from "@/components/ui/class-names";
import { Tooltip } from "@/components/ui/tooltip";
import type { ColumnHistogram as Histogram } from "@/lib/contract/latent";
import type { LatentSortKey } from "@/lib/contract/latent-columns/column-sorts";
import { effectNumberWidth, mostWideBars, type TableColumn } from "./columns/columns";
import { endsOf } from "./columns/histogram-ends";
import { EffectTicks } from "./effect-dot";
import styles from "./latents.module.css";
import type { RowView } from "./row-props";
import { shownSort } from "./sort-names";

type LatentHeadProps = {
  readonly columns: readonly TableColumn[];
  readonly histograms: readonly Histogram[];
  readonly view: RowView;
  readonly params: LatentParams;
  readonly onParams: (next: LatentParams) => void;
  readonly selectAll: { readonly label: string; readonly isChecked: boolean; readonly onChange: (isChecked: boolean) => void };
};

/** Names of the columns, each with the distribution of its values, over which a drag filters. Not drawn again while rows scroll. */
export const LatentHead = memo(function LatentHead({ columns, histograms, view, params, onParams, selectAll }: LatentHeadProps) {
  const order = { ...params, sort: shownSort(params.sort, columns) };
  return (
    <thead>
      <tr>
        <th scope="col" title={selectAll.label}>
          <Checkbox label={selectAll.label} isLabelHidden isChecked={selectAll.isChecked} onIsCheckedChange={selectAll.onChange} />
        </th>
        <th scope="col" aria-sort={ariaSort(order, "module") ?? ariaSort(order, "index")} className={styles["who"]}>
          <SortButton sort="module" title="In the order of the model" params={order} onParams={onParams}>
            Module
          </SortButton>{" "}
          <span className="dim">and</span>{" "}
          <SortButton sort="index" title="By index, over all modules" params={order} onParams={onParams}>
            index
          </SortButton>
        </th>
        {columns.map((column) => (
          <Head
            key={column.key}
            column={column}
            histogram={histograms.find((one) => one.column === column.range)}
            view={view}
            order={order}
            params={params}
            onParams={onParams}
          />
        ))}
      </tr>
    </thead>
  );
});

type HeadProps = Pick<LatentHeadProps, "view" | "params" | "onParams"> & {
  readonly column: TableColumn;
  readonly histogram: Histogram | undefined;
  /** The same, sorted by the column that shows the order. */
  readonly order: LatentParams;
};

function Head({ column, histogram, view, order, params, onParams }: HeadProps) {
  const isNumeric = column.sort !== undefined && column.key !== "label";
  return (
    <>
      <th
        scope="col"
        className={classNames(isNumeric && "num", order.sort === column.sort && "sorted", column.key === "domains" && styles["over"])}
        aria-sort={column.sort === undefined ? undefined : ariaSort(order, column.sort)}
      >
        {column.sort === undefined ? (
          <Tooltip text={column.title}>
            <button type="button" className={classNames("sortbtn", styles["explained"])}>
              {column.name}
            </button>
          </Tooltip>
        ) : (
          <SortButton sort={column.sort} title={column.title} params={order} onParams={onParams}>
            {column.name}
          </SortButton>
        )}
        {column.unit !== undefined && <span className={styles["unit"]}> {column.unit}</span>}
        {column.range !== undefined && <FilterHistogram column={column} histogram={histogram} params={params} onParams={onParams} />}
        {column.key === "domains" && view.domains.length <= mostWideBars && (
          <span className={styles["slanted"]} aria-hidden="true">
            {view.domains.map(({ name }) => (
              <span key={name} title={name}>
                <i>{name}</i>
              </span>
            ))}
          </span>
        )}
      </th>
      {column.key === "ablation" && view.axis !== null && (
        <th scope="col">
          <span className="vh">Interval and controls</span>
          <EffectTicks axis={view.axis} />
        </th>
      )}
    </>
  );
}

type SortButtonProps = Pick<LatentHeadProps, "params" | "onParams"> & {
  readonly sort: LatentSortKey;
  readonly title: string;
  readonly children: ReactNode;
};

function SortButton({ sort, title, params, onParams, children }: SortButtonProps) {
  const Arrow = params.order === "asc" ? ArrowUp : ArrowDown;
  return (
    <Tooltip text={title}>
      <button
        type="button"
        className={classNames("sortbtn", params.sort === sort && styles["sorted"])}
        onClick={() => onParams(toggleSort(params, sort))}
      >
        {children}
        {params.sort === sort && <Arrow size={11} aria-hidden="true" />}
      </button>
    </Tooltip>
  );
}

const histogramMargin = 16;

function FilterHistogram({ column, histogram, params, onParams }: Omit<HeadProps, "view" | "order">) {
  const name = column.range;
  // The room is kept, so that the head does not grow when the histograms come.
  if (name === undefined || histogram === undefined || histogram.counts.length === 0) return <span className={styles["nohistogram"]} />;
  const range = rangesOf(params).find((one) => one.column === name);
  const width = (column.key === "ablation" ? effectNumberWidth : column.width) - histogramMargin;
  return (
    <ColumnHistogram
      label={column.name}
      bins={binsFromEdges(histogram.edges, histogram.counts)}
      range={{ min: range?.from ?? null, max: range?.to ?? null }}
      onRange={({ min, max }) => onParams(withRange(params, { column: name, from: min, to: max }))}
      width={width}
      ends={endsOf(histogram)}
      format={(value) => formatColumn(name, value)}
    />
  );
}

function ariaSort(params: LatentParams, sort: LatentSortKey): "ascending" | "descending" | undefined {
  if (params.sort !== sort) return undefined;
  return params.order === "asc" ? "ascending" : "descending";
}
