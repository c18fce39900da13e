"use client";
import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { QueryState } from "@/components/ui/query-state";
import { Segmented } from "@/components/ui/segmented";
import { Skeleton } from "@/components/ui/skeleton";
import { benchmarkItemsQuery, itemTableHref } from "@/lib/client/benchmarks";
import type { BenchmarkItems, BenchmarkScore, BenchmarkSummary, ItemQuery } from "@/lib/contract/benchmark";
import type { BenchmarkTask } from "@/lib/contract/benchmark-task";
import { isLatentMethod } from "@/lib/contract/methods/methods";
import type { RunMethod } from "@/lib/contract/run-config";
import { benchmarkTasks } from "@/lib/contract/tasks/benchmark-tasks";
import { formatInteger, formatPlural } from "@/lib/numbers/format";
import { baseWord } from "./benchmark-words";
import styles from "./benchmarks.module.css";
import { ItemPages, pageRows } from "./item-pages";
import { ItemsTable } from "./items-table";
import { MetricTable } from "./metric-table";

type ItemsPanelProps = {
  readonly runId: string;
  readonly method: RunMethod;
  readonly benchmark: BenchmarkSummary;
  readonly score: BenchmarkScore;
};

/** A full result: by domain and by row. */
export function ItemsPanel({ runId, method, benchmark, score }: ItemsPanelProps) {
  const [query, setQuery] = useState<ItemQuery>({ sort: "difference", order: "desc", show: "all", offset: 0, limit: pageRows });
  const items = useQuery(benchmarkItemsQuery(runId, benchmark.id, score.measuredAt, query));
  const sortBy = (sort: ItemQuery["sort"]) =>
    setQuery((before) => ({ ...before, sort, order: before.sort === sort && before.order === "desc" ? "asc" : "desc", offset: 0 }));
  return (
    <div className={`stack fit gap-12 ${styles["opened"]}`}>
      {score.byDomain.length > 0 && (
        <MetricTable
          method={method}
          head="By domain"
          base={baseWord(benchmark.task)}
          lines={score.byDomain.map(({ domain, rows, metric }) => ({ name: domain, note: formatPlural(rows, "row"), metric, rows }))}
        />
      )}
      <div className={styles["line"]}>
        {benchmarkTasks[benchmark.task.kind].answers !== "rightOrWrong" ? (
          <span className="small mid">By row</span>
        ) : (
          <Segmented<ItemQuery["show"]>
            label="Rows shown"
            value={query.show}
            onValueChange={(show) => setQuery((before) => ({ ...before, show, offset: 0 }))}
            options={shownOptions(items.data?.counts, benchmark.task)}
          />
        )}
        <a className="btn quiet" href={itemTableHref(runId, benchmark.id)} download>
          <Download size={13} aria-hidden="true" />
          CSV
        </a>
      </div>
      <QueryState query={items} failure="Could not load the rows" waiting={<Skeleton height={300} />}>
        {(data) => (
          <>
            <ItemsTable
              runId={runId}
              benchmark={benchmark}
              hasLatents={isLatentMethod(method)}
              items={data.items}
              query={query}
              onSort={sortBy}
            />
            {data.total === 0 && <p className="note">No matching rows.</p>}
            <ItemPages offset={query.offset} total={data.total} onOffset={(offset) => setQuery((before) => ({ ...before, offset }))} />
          </>
        )}
      </QueryState>
    </div>
  );
}

function shownOptions(counts: BenchmarkItems["counts"] | undefined, task: BenchmarkTask) {
  const { beside, heads } = benchmarkTasks[task.kind].reference;
  const run = `the ${heads.run.toLowerCase()}`;
  const count = (kind: keyof BenchmarkItems["counts"]) => (counts === undefined ? "" : ` ${formatInteger(counts[kind])}`);
  return [
    { value: "all" as const, label: `All${count("all")}` },
    { value: "gained" as const, label: `Gained${count("gained")}`, title: `Right with ${run}, wrong ${beside}` },
    { value: "lost" as const, label: `Lost${count("lost")}`, title: `Wrong with ${run}, right ${beside}` },
    { value: "wrong" as const, label: `Wrong${count("wrong")}`, title: `Wrong with ${run}` },
  ];
}
