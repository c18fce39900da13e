"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { parseAsString, useQueryState } from "nuqs";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { messageOf } from "@/components/ui/error-note";
import { Late, latePart } from "@/components/ui/late";
import { Panel } from "@/components/ui/panel";
import { QueryState, together } from "@/components/ui/query-state";
import { Skeleton } from "@/components/ui/skeleton";
import { isMeasuring, measureBenchmarks, runBenchmarksQuery } from "@/lib/client/benchmarks";
import { keys } from "@/lib/client/keys";
import { runRecordQuery } from "@/lib/client/runs";
import type { RunBenchmark } from "@/lib/contract/benchmark";
import { hasAdapter, type RunRecord, type RunSummary } from "@/lib/contract/run";
import type { StoredRunConfig } from "@/lib/contract/run-config";
import { taskOf, tasks } from "@/lib/contract/tasks/tasks";
import { formatPlural } from "@/lib/numbers/format";
import { BenchmarkEntry } from "./benchmark-entry";
import type { FormRun } from "./benchmark-form";

const addBenchmark = latePart(async () => (await import("./add-benchmark")).AddBenchmark);

/** A run's results on every benchmark, compared with its base model. */
export function BenchmarksScreen({ runId }: { readonly runId: string }) {
  const detail = useQuery(runRecordQuery(runId));
  const list = useQuery(runBenchmarksQuery(runId));
  return (
    <QueryState query={together({ detail, list })} failure="Could not load the benchmarks" waiting={<Skeleton height={240} />}>
      {({ detail, list }) => <Benchmarks runId={runId} detail={detail} list={list} />}
    </QueryState>
  );
}

type BenchmarksProps = { readonly runId: string; readonly detail: RunRecord; readonly list: readonly RunBenchmark[] };

function Benchmarks({ runId, detail, list }: BenchmarksProps) {
  const [isAdding, setIsAdding] = useState(false);
  const [opened] = useQueryState("benchmark", parseAsString);
  const { run, config } = detail;
  const task = taskOf(config).kind;
  const obstacle = obstacleOf(run);
  const open = list.filter((entry) => entry.obstacle === null && (entry.score === null || entry.isOutdated) && !isMeasuring(entry));
  // Benchmarks that this run cannot take come last.
  const entries = [...list.filter((entry) => entry.obstacle === null), ...list.filter((entry) => entry.obstacle !== null)];
  const add = !isAdding && (
    <Button onClick={() => setIsAdding(true)}>
      <Plus size={12} aria-hidden="true" />
      Add a benchmark
    </Button>
  );
  return (
    <div className="stack wide">
      {isAdding && (
        <Late
          part={addBenchmark}
          props={{ run, formRun: formRunOf(config), isMeasured: obstacle === null, onDone: () => setIsAdding(false) }}
          failure="Could not load the form"
          waiting={<Skeleton height={240} />}
        />
      )}
      <Panel
        title="Benchmarks"
        isPadded={false}
        aside={
          <span className="row wrap">
            {obstacle === null && open.length > 1 && <MeasureAll runId={runId} open={open} />}
            {list.length > 0 && add}
          </span>
        }
      >
        {list.length === 0 ? (
          <EmptyState title="No benchmarks yet" action={add}>
            A benchmark scores every run on the same rows and compares it with {tasks[task].reference.compared}, with confidence intervals
            paired over the rows.
          </EmptyState>
        ) : (
          <ul>
            {entries.map((entry) => (
              <BenchmarkEntry
                key={entry.benchmark.id}
                runId={runId}
                method={run.method}
                entry={entry}
                obstacle={entry.obstacle ?? obstacle}
                isOpen={opened === entry.benchmark.id}
              />
            ))}
          </ul>
        )}
      </Panel>
    </div>
  );
}

function MeasureAll({ runId, open }: { readonly runId: string; readonly open: readonly RunBenchmark[] }) {
  const client = useQueryClient();
  const measure = useMutation({
    mutationFn: () =>
      measureBenchmarks(
        runId,
        open.map(({ benchmark }) => benchmark.id),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.runBenchmarks(runId) }),
  });
  return (
    <>
      {measure.error ? <span className="status bad small">{messageOf(measure.error)}</span> : null}
      <Button disabled={measure.isPending} onClick={() => measure.mutate()}>
        Measure {formatPlural(open.length, "benchmark")}
      </Button>
    </>
  );
}

function formRunOf(config: StoredRunConfig): FormRun {
  const task = taskOf(config).kind;
  const { data } = config;
  if (data?.kind !== "dataSet") return { dataSetId: null, mapping: null, validationRows: 128, task };
  return { dataSetId: data.dataSetId ?? null, mapping: data.mapping, validationRows: data.validationRows, task };
}

function obstacleOf({ status }: RunSummary): string | null {
  return hasAdapter({ status }) ? null : `The run is ${status}. Benchmarks need a finished adapter.`;
}
