import type { BenchmarkSummary, MeasureStarted } from "@/lib/contract/benchmark";
import { latestTasksOfRun } from "@/server/db/benchmarks/benchmark-tasks";
import { listResultHeads } from "@/server/db/benchmarks/results";
import type { ServiceContext } from "@/server/services/context";
import { finishedRun } from "@/server/services/steering/finished-adapter";
import { startTask } from "@/server/services/work/start-task";
import { getBenchmark } from "./benchmarks";

/**
 * Queues the measuring of runs on benchmarks, a task a run. What is measured already, or being measured, is not begun again.
 *
 * @throws ServiceError `notFound`, or `conflict` while a run is trained: then nothing is begun
 */
export async function measureRuns(
  context: ServiceContext,
  { runs, benchmarks }: { readonly runs: readonly string[]; readonly benchmarks: readonly string[] },
): Promise<MeasureStarted> {
  const { db } = context.store;
  const wanted: BenchmarkSummary[] = [];
  for (const id of new Set(benchmarks)) wanted.push(await getBenchmark(context, id));
  const adapters = [];
  for (const id of new Set(runs)) adapters.push(await finishedRun(context, id));
  const started: MeasureStarted = { tasks: [], skipped: [] };
  for (const run of adapters) {
    const [heads, tasks] = await Promise.all([listResultHeads(db, { runId: run.id }), latestTasksOfRun(db, run.id)]);
    const open = wanted.filter(({ id: benchmarkId }) => {
      const status = tasks.get(benchmarkId)?.status;
      const isUnderway = status === "queued" || status === "running";
      const isMeasured = heads.some((head) => head.benchmarkId === benchmarkId && head.step === run.step);
      if (isUnderway || isMeasured) started.skipped.push({ runId: run.id, benchmarkId, reason: isMeasured ? "measured" : "underway" });
      return !isUnderway && !isMeasured;
    });
    if (open.length === 0) continue;
    const [first] = open;
    const title = `${open.length === 1 ? first?.name : `${open.length} benchmarks`}, ${run.name}`;
    const input = { kind: "benchmark" as const, runId: run.id, benchmarkIds: open.map(({ id }) => id) };
    started.tasks.push(await startTask(context, { title, input, unit: "rows" }));
  }
  return started;
}
