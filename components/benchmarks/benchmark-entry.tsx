"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { JobLine } from "@/components/shell/job-line";
import { Button } from "@/components/ui/button";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { InlineConfirm } from "@/components/ui/inline-confirm";
import { Link } from "@/components/ui/link";
import { isMeasuring, measureBenchmarks, removeBenchmark } from "@/lib/client/benchmarks";
import { keys } from "@/lib/client/keys";
import type { BenchmarkScore, RunBenchmark } from "@/lib/contract/benchmark";
import type { JobSummary } from "@/lib/contract/run";
import type { RunMethod } from "@/lib/contract/run-config";
import { benchmarkTasks } from "@/lib/contract/tasks/benchmark-tasks";
import { formatInteger } from "@/lib/numbers/format";
import { baseWord, caveats, failureWords, isJobShown, rowWords, taskWords, verdictWords } from "./benchmark-words";
import styles from "./benchmarks.module.css";
import { ItemsPanel } from "./items-panel";
import { MetricTable, metricLines } from "./metric-table";

type BenchmarkEntryProps = {
  readonly runId: string;
  readonly method: RunMethod;
  readonly entry: RunBenchmark;
  /** Why the run cannot be measured; null where it can. */
  readonly obstacle: string | null;
  readonly isOpen: boolean;
};

/** One benchmark with the run's result. */
export function BenchmarkEntry({ runId, method, entry, obstacle, isOpen }: BenchmarkEntryProps) {
  const { benchmark, score, isOutdated, task } = entry;
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: keys.runBenchmarks(runId) });
  const measure = useMutation({ mutationFn: () => measureBenchmarks(runId, [benchmark.id]), onSuccess: refresh });
  const remove = useMutation({ mutationFn: () => removeBenchmark(benchmark.id), onSuccess: refresh });
  const failure = measure.error ?? remove.error;
  const mayMeasure = (score === null || isOutdated) && !isMeasuring(entry);
  return (
    <li className={`columns stacks-1000 ${styles["entry"]}`} aria-label={benchmark.name}>
      <div className="stack fit gap-6">
        <h3 className="cut-anywhere">
          {benchmark.name} {benchmark.isGeneral && <span className="chip">general text: forgetting</span>}
        </h3>
        <p className="small mid">
          {rowWords(benchmark)}; {taskWords(benchmark)}
        </p>
        <div className={styles["actions"]}>
          {mayMeasure && entry.obstacle === null && (
            <Button
              size="dense"
              disabled={measure.isPending || obstacle !== null}
              title={obstacle ?? undefined}
              onClick={() => measure.mutate()}
            >
              {score === null ? "Measure" : "Measure again"}
            </Button>
          )}
          {score !== null && (
            <Link className="btn dense" href={isOpen ? "?" : `?benchmark=${benchmark.id}`} scroll={false} aria-expanded={isOpen}>
              {isOpen ? "Hide rows" : "Show rows"}
            </Link>
          )}
          <InlineConfirm
            label="Remove"
            question="Remove the benchmark and all its results?"
            confirmLabel="Remove benchmark"
            size="dense"
            isBusy={remove.isPending}
            onConfirm={() => remove.mutate()}
          />
        </div>
        {failure ? <p className="status bad small">{messageOf(failure)}</p> : null}
      </div>
      <div className="stack fit gap-6">
        {score !== null && <Numbers method={method} entry={entry} score={score} />}
        {isJobShown(task, score) ? (
          <JobState benchmark={benchmark} job={task} />
        ) : (
          score === null && <p className="small dim">{obstacle ?? "Not measured for this run yet."}</p>
        )}
      </div>
      {isOpen && score !== null && <ItemsPanel runId={runId} method={method} benchmark={benchmark} score={score} />}
    </li>
  );
}

function JobState({ benchmark, job }: { readonly benchmark: RunBenchmark["benchmark"]; readonly job: JobSummary }) {
  if (job.status !== "failed") return <JobLine job={job} />;
  return <ErrorNote title="Measurement failed">{failureWords(benchmark, job)}</ErrorNote>;
}

type NumbersProps = { readonly method: RunMethod; readonly entry: RunBenchmark; readonly score: BenchmarkScore };

function Numbers({ method, entry: { benchmark, isOutdated }, score }: NumbersProps) {
  const [first] = score.metrics;
  const note = benchmarkTasks[benchmark.task.kind].reference.note;
  return (
    <>
      <MetricTable
        method={method}
        head={benchmark.isGeneral ? "Forgetting" : "Metric"}
        base={baseWord(benchmark.task)}
        lines={metricLines(score, benchmark.task)}
      />
      {first !== undefined && <p className="small">{verdictWords(benchmark, first)}</p>}
      {note !== null && <p className="note">{note}</p>}
      {caveats(benchmark, score).map((text) => (
        <p key={text} className="small status warn">
          {text}
        </p>
      ))}
      {isOutdated && <p className="note">Measured at step {formatInteger(score.step)}; the adapter has been trained further since.</p>}
    </>
  );
}
