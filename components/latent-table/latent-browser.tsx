"use client";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo, useRef, useState } from "react";
import type { LatentHome } from "@/components/latents/latent-home";
import type { LatentParams } from "@/components/latents/latent-params";
import type { Mark } from "@/components/plots/mark";
import { ColumnMenu } from "@/components/ui/columns/column-menu";
import { FailedPart } from "@/components/ui/failed-part";
import { useIsHydrated } from "@/components/ui/hydrated";
import { Panel } from "@/components/ui/panel";
import { useElementWidth } from "@/components/ui/use-element-width";
import { useShortcuts } from "@/components/ui/use-shortcuts";
import { columnHistogramsQuery, labelledLatentsQuery } from "@/lib/client/latents";
import { type CollectionSummary, type ColumnHistogram, isOfNoisyImages } from "@/lib/contract/latent";
import type { RangeColumn } from "@/lib/contract/latent-ranges";
import { latentWordsOf } from "@/lib/contract/methods/methods";
import { positionKindOf } from "@/lib/contract/positions/positions";
import type { LatentMethod } from "@/lib/contract/run-config";
import { capitalised } from "@/lib/numbers/format";
import { effectWidth, fittingColumns, knownColumns, onlyOfDense, tableColumns } from "./columns/columns";
import { useTableColumns } from "./columns/use-table-columns";
import { effectAxis } from "./effect-axis";
import { FilterMenu } from "./filter-menu";
import { LatentFilters } from "./latent-filters";
import { LatentTable, type TableTotal } from "./latent-table";
import styles from "./latents.module.css";
import { MeasureTop } from "./measure-top";
import { ModuleMap, ModuleMapColour } from "./module-map/module-map";
import { SelectionTray } from "./selection-tray";
import { hiddenOrder } from "./sort-names";
import { useLatentSelection } from "./use-latent-selection";

type LatentBrowserProps = {
  readonly home: LatentHome;
  readonly collection: CollectionSummary;
  /** Null of a dictionary. */
  readonly method: LatentMethod | null;
  readonly params: LatentParams;
  readonly onParams: (next: LatentParams) => void;
  /** How the numbers came about. */
  readonly foot: ReactNode;
};

/** A collection's latents: the map of its modules, filters, the table, and what can be done with those that are chosen. */
export function LatentBrowser({ home, collection, method, params, onParams, foot }: LatentBrowserProps) {
  const mark: Mark = method ?? "base";
  const { noun: one, isDense } = latentWordsOf(method);
  const positions = positionKindOf(collection.positionKind);
  const [total, setTotal] = useState<TableTotal>({ shown: null, folded: 0 });
  const search = useRef<HTMLInputElement>(null);
  const selection = useLatentSelection();
  const reading = useQuery(columnHistogramsQuery(collection.id));
  const histograms = reading.data ?? none;
  const choice = useTableColumns(isDense);
  const { ref, width } = useElementWidth<HTMLDivElement>(useIsHydrated() ? assumedWidth() : widthOnServer);
  const view = useMemo(() => {
    const histogramOf = (name: RangeColumn) => histograms.find(({ column }) => column === name);
    return {
      domains: collection.domains,
      positions,
      axis: effectAxis(histogramOf("ablation"), effectWidth - 16),
      largestShare: Math.max(0, ...(histogramOf("outputShare")?.edges ?? []).map(Math.abs)),
      mark,
      isDense,
      searched: params.search ?? "",
    };
  }, [histograms, collection.domains, positions, mark, isDense, params.search]);
  // Until the histograms are loaded, it is not known whether effects were measured.
  const mayMeasure = home.kind === "run" && !isOfNoisyImages(collection);
  const isUnmeasured = mayMeasure && histograms.length > 0 && view.axis === null;
  const isEarlier = isDense && histograms.length > 0 && histograms.every(({ column }) => column !== "weightNorm");
  const measured = histograms.find(({ column }) => column === "ablation")?.counts.reduce((sum, count) => sum + count, 0) ?? 0;
  const hasLabels = (useQuery(labelledLatentsQuery(collection.id)).data?.total ?? 0) > 0;
  const columns = useMemo(() => {
    const all = tableColumns({ one, positions, isDense, domains: collection.domains.length, hasEffects: view.axis !== null, hasLabels });
    if (!mayMeasure) return knownColumns(all, histograms);
    return all.filter(({ key }) => !(isUnmeasured && key === "ablation") && !(isEarlier && onlyOfDense(key)));
  }, [one, positions, isDense, collection.domains.length, view.axis, hasLabels, mayMeasure, histograms, isUnmeasured, isEarlier]);
  const shown = useMemo(
    () =>
      fittingColumns(
        columns.filter(({ key }) => choice.chosen.includes(key)),
        width,
      ),
    [columns, choice.chosen, width],
  );
  useShortcuts({ "/": () => search.current?.focus(), Escape: selection.clear });
  return (
    <>
      <Panel
        title={`${capitalised(one)}s by module`}
        isPadded={false}
        className={styles["main"] ?? ""}
        aside={<ModuleMapColour collection={collection} one={one} isDense={isDense} />}
      >
        <div className="body">
          <ModuleMap collection={collection} one={one} isDense={isDense} params={params} onParams={onParams} />
        </div>
        <LatentFilters
          collection={collection}
          one={one}
          isDense={isDense}
          params={params}
          onParams={onParams}
          total={total}
          orderNote={hiddenOrder(params.sort, params.order, shown)}
          searchRef={search}
          filterMenu={
            <FilterMenu
              collection={collection}
              isDense={isDense}
              columns={columns}
              histograms={histograms}
              params={params}
              onParams={onParams}
            />
          }
          columnMenu={<ColumnMenu columns={columns} shown={shown.map(({ key }) => key)} choice={choice} />}
        />
        {mayMeasure && method !== null && histograms.length > 0 && (
          <MeasureTop
            selection={{ ...params, collectionId: collection.id }}
            method={method}
            one={one}
            total={total.shown ?? collection.numLatents}
            measured={measured}
          />
        )}
        {isEarlier && (
          <p className={`note ${styles["unmeasured"]}`}>
            Collected by an earlier version. Collect again to see the tokens of both tails, weight norms and singular values.
          </p>
        )}
        <FailedPart query={reading} failure="Could not load the column histograms" />
        <div ref={ref}>
          <LatentTable
            home={home}
            collection={collection}
            one={one}
            columns={shown}
            room={width}
            histograms={histograms}
            view={view}
            params={params}
            onParams={onParams}
            onTotal={setTotal}
            selection={selection}
          />
        </div>
        <div className="foot">{foot}</div>
      </Panel>
      <SelectionTray home={home} collection={collection} one={one} selection={selection} />
    </>
  );
}

const none: readonly ColumnHistogram[] = [];

/** Pixels of the table that the server draws. */
const widthOnServer = 1390;

/** Until the table is measured: the window without the page's gutters. */
function assumedWidth(): number {
  return Math.min(1630, window.innerWidth - 50);
}
