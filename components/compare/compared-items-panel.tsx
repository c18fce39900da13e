"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ItemPages, pageRows } from "@/components/benchmarks/item-pages";
import { Panel } from "@/components/ui/panel";
import { QueryState } from "@/components/ui/query-state";
import { Segmented } from "@/components/ui/segmented";
import { Select } from "@/components/ui/select";
import { Skeleton } from "@/components/ui/skeleton";
import { comparedItemsQuery } from "@/lib/client/comparison";
import type { ComparedItemQuery, ComparedItems, ComparedSide, PairQuery } from "@/lib/contract/comparison";
import { benchmarkTasks } from "@/lib/contract/tasks/benchmark-tasks";
import { formatInteger } from "@/lib/numbers/format";
import styles from "./compare.module.css";
import { ComparedItemsTable } from "./compared-items-table";

type ItemsPanelProps = {
  readonly pair: PairQuery;
  readonly first: ComparedSide;
  readonly second: ComparedSide;
  /** Benchmarks that both sides were measured on; at least one. */
  readonly benchmarks: readonly { readonly id: string; readonly name: string }[];
  readonly benchmarkId: string;
  readonly onBenchmark: (benchmarkId: string) => void;
};

type View = Pick<ComparedItemQuery, "sort" | "order" | "show" | "offset">;
const start: View = { sort: "difference", order: "asc", show: "all", offset: 0 };

/** The rows of a benchmark on which two sides differ, with links to what fired. */
export function ComparedItemsPanel({ pair, first, second, benchmarks, benchmarkId, onBenchmark }: ItemsPanelProps) {
  const [view, setView] = useState<View>(start);
  const items = useQuery(comparedItemsQuery({ ...pair, benchmark: benchmarkId, ...view, limit: pageRows }));
  const sortBy = (sort: View["sort"]) =>
    setView((before) => ({ ...before, sort, order: before.sort === sort && before.order === "asc" ? "desc" : "asc", offset: 0 }));
  return (
    <Panel
      title="By row"
      fold="Each row on both sides"
      className="c12"
      isPadded={false}
      aside={
        <>
          {items.data !== undefined && benchmarkTasks[items.data.benchmark.task.kind].answers !== "none" ? (
            <Segmented<View["show"]>
              label="Rows shown"
              value={view.show}
              onValueChange={(show) => setView((before) => ({ ...before, show, offset: 0 }))}
              options={shownOptions(items.data.counts, first.name, second.name)}
            />
          ) : null}
          {benchmarks.length > 1 ? (
            <Select
              label="Benchmark"
              value={benchmarkId}
              options={benchmarks.map(({ id, name }) => ({ value: id, label: name }))}
              onValueChange={(id) => {
                setView(start);
                onBenchmark(id);
              }}
            />
          ) : (
            <span className="small dim">{benchmarks[0]?.name}</span>
          )}
        </>
      }
    >
      <QueryState query={items} failure="Could not load the rows" waiting={<Skeleton height={300} />}>
        {(data) => (
          <>
            <ComparedItemsTable data={data} first={first} second={second} view={view} onSort={sortBy} />
            <ItemPages
              className={styles["pages"] ?? ""}
              offset={view.offset}
              total={data.total}
              onOffset={(offset) => setView({ ...view, offset })}
            />
          </>
        )}
      </QueryState>
    </Panel>
  );
}

function shownOptions(counts: ComparedItems["counts"], first: string, second: string) {
  return [
    { value: "all" as const, label: `All ${formatInteger(counts.all)}` },
    { value: "differ" as const, label: `Differ ${formatInteger(counts.differ)}`, title: "Right on only one side" },
    { value: "firstOnly" as const, label: `First only ${formatInteger(counts.firstOnly)}`, title: `${first} right, ${second} wrong` },
    { value: "secondOnly" as const, label: `Second only ${formatInteger(counts.secondOnly)}`, title: `${second} right, ${first} wrong` },
  ];
}
