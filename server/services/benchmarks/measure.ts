import type { BenchmarkSummary, MeasureStarted } from "@/lib/contract/benchmark";
import { measuringObstacle } from "@/lib/contract/benchmark-fit";
import { hasAdapter } from "@/lib/contract/run";
import { latestJobsOfRun } from "@/server/db/benchmarks/benchmark-jobs";
import { listResultHeads } from "@/server/db/benchmarks/results";
import { type RunRow, readRun } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError } from "@/server/services/errors";
import { findAdapterFolder } from "@/server/services/runs/adapter-folder";
import { startJob } from "@/server/services/work/start-job";
import { getBenchmark } from "./benchmarks";
import { runAbility } from "./run-ability";

/**
 * Queues measuring runs on benchmarks, one job per run. What is measured, or being measured, is not started again.
 *
 * @throws ServiceError `notFound`, `conflict` while a run is trained, or `invalid` where a run cannot be asked what a benchmark asks: then
 * nothing is started
 */
export async function measureRuns(
  context: ServiceContext,
  { runs, benchmarks }: { readonly runs: readonly string[]; readonly benchmarks: readonly string[] },
): Promise<MeasureStarted> {
  const { db } = context.store;
  const wanted: BenchmarkSummary[] = [];
  for (const id of new Set(benchmarks)) wanted.push(await getBenchmark(context, id));
  const measurable: RunRow[] = [];
  for (const id of new Set(runs)) measurable.push(await measurableRun(context, id, wanted));
  const started: MeasureStarted = { tasks: [], skipped: [] };
  for (const run of measurable) {
    const heads = await listResultHeads(db, { runId: run.id });
    const jobs = await latestJobsOfRun(db, run.id);
    const open = wanted.filter(({ id: benchmarkId }) => {
      const status = jobs.get(benchmarkId)?.status;
      const isUnderway = status === "queued" || status === "running";
      const isMeasured = heads.some((head) => head.benchmarkId === benchmarkId && head.step === run.step);
      if (isUnderway || isMeasured) started.skipped.push({ runId: run.id, benchmarkId, reason: isMeasured ? "measured" : "underway" });
      return !isUnderway && !isMeasured;
    });
    if (open.length === 0) continue;
    const [first] = open;
    const title = `${open.length === 1 ? first?.name : `${open.length} benchmarks`}, ${run.name}`;
    const input = { kind: "benchmark" as const, runId: run.id, benchmarkIds: open.map(({ id }) => id) };
    started.tasks.push(await startJob(context, { title, input, unit: "rows" }));
  }
  return started;
}

/** A run whose adapter no training changes any more, and that all of these benchmarks can be asked of. */
async function measurableRun(context: ServiceContext, runId: string, benchmarks: readonly BenchmarkSummary[]): Promise<RunRow> {
  const run = found(await readRun(context.store.db, runId), "such run");
  if (!hasAdapter(run))
    throw new ServiceError("conflict", `${run.name} is ${run.status}: benchmarks need a finished run. Wait for it, or stop and keep it.`);
  const ability = await runAbility(context, run);
  for (const benchmark of benchmarks) {
    const obstacle = measuringObstacle(ability, benchmark);
    if (obstacle !== undefined) throw new ServiceError("invalid", obstacle, { field: "benchmarks" });
  }
  if ((await findAdapterFolder(context, runId)) === undefined)
    throw new ServiceError("conflict", `The files of ${run.name} were removed: train it again.`);
  return run;
}
