import type { AddBenchmarkRequest, BenchmarkDetail, BenchmarkSummary, RunBenchmark } from "@/lib/contract/benchmark";
import { measuringObstacle } from "@/lib/contract/benchmark-fit";
import { latestJobsOfBenchmark, latestJobsOfRun } from "@/server/db/benchmarks/benchmark-jobs";
import { deleteBenchmark, insertBenchmark, readBenchmark, listBenchmarks as readBenchmarks } from "@/server/db/benchmarks/benchmarks";
import { listResultHeads } from "@/server/db/benchmarks/results";
import { readDataSet } from "@/server/db/library/data-sets";
import { newId } from "@/server/db/new-id";
import { readRun } from "@/server/db/runs/runs";
import { readJob } from "@/server/db/work/jobs";
import { readOnceInThread } from "@/server/files/data/read-in-thread";
import type { ServiceContext } from "@/server/services/context";
import { found, withFileErrors } from "@/server/services/errors";
import { cancelUnfinishedJob } from "@/server/services/work/cancel-job";
import { checkBenchmark } from "./check-benchmark";
import { runAbility } from "./run-ability";
import { scoreOfResult } from "./scores";

/** Chooses the rows of a benchmark, for good. @param signal ends the reading of its data */
export async function addBenchmark(
  { store }: ServiceContext,
  request: AddBenchmarkRequest,
  signal?: AbortSignal,
): Promise<BenchmarkSummary> {
  const { name, rows, task, isGeneral } = request;
  const dataSet = found(await readDataSet(store.db, rows.dataSetId), "such dataset");
  checkBenchmark(request, dataSet);
  const asked = { path: dataSet.path, rows, task };
  const { domains, items, ...read } = await withFileErrors(() => readOnceInThread("benchmarkRows", asked, { signal }), "rows");
  const id = newId();
  const summary = { id, name, isGeneral, rows, task: read.task, dataName: dataSet.name, rowsHash: read.hash, domains };
  await insertBenchmark(store.db, summary, items);
  return getBenchmark({ store }, id);
}

/** Newest first. */
export async function listBenchmarks({ store }: ServiceContext): Promise<BenchmarkSummary[]> {
  return readBenchmarks(store.db);
}

/** A benchmark with every run that was measured on it, or is being. */
export async function getBenchmarkDetail(context: ServiceContext, benchmarkId: string): Promise<BenchmarkDetail> {
  const { db } = context.store;
  const benchmark = await getBenchmark(context, benchmarkId);
  const [heads, jobs] = await Promise.all([listResultHeads(db, { benchmarkId }), latestJobsOfBenchmark(db, benchmarkId)]);
  const results: BenchmarkDetail["results"] = [];
  for (const runId of new Set([...heads.map((head) => head.runId), ...jobs.keys()])) {
    const run = await readRun(db, runId);
    if (run === undefined) continue;
    const head = heads.find((one) => one.runId === runId);
    results.push({
      run: { id: run.id, name: run.name },
      score: head === undefined ? null : ((await scoreOfResult(context, benchmark, head)) ?? null),
      isOutdated: head !== undefined && head.step !== run.step,
      obstacle: measuringObstacle(await runAbility(context, run), benchmark) ?? null,
      task: jobs.get(runId) ?? null,
    });
  }
  return { benchmark, results };
}

/** Every benchmark with what a run has of it, newest first. */
export async function listRunBenchmarks(context: ServiceContext, runId: string): Promise<RunBenchmark[]> {
  const { db } = context.store;
  const run = found(await readRun(db, runId), "such run");
  const [benchmarks, heads, jobs] = await Promise.all([readBenchmarks(db), listResultHeads(db, { runId }), latestJobsOfRun(db, runId)]);
  const ability = await runAbility(context, run);
  const listed: RunBenchmark[] = [];
  for (const benchmark of benchmarks) {
    const head = heads.find(({ benchmarkId }) => benchmarkId === benchmark.id);
    listed.push({
      benchmark,
      score: head === undefined ? null : ((await scoreOfResult(context, benchmark, head)) ?? null),
      isOutdated: head !== undefined && head.step !== run.step,
      obstacle: measuringObstacle(ability, benchmark) ?? null,
      task: jobs.get(benchmark.id) ?? null,
    });
  }
  return listed;
}

export async function getBenchmark({ store }: Pick<ServiceContext, "store">, benchmarkId: string): Promise<BenchmarkSummary> {
  return found(await readBenchmark(store.db, benchmarkId), "such benchmark");
}

/** Removes a benchmark with all its results; jobs that measure nothing else are cancelled. */
export async function removeBenchmark(context: ServiceContext, benchmarkId: string): Promise<void> {
  const { db } = context.store;
  await getBenchmark(context, benchmarkId);
  for (const { id } of (await latestJobsOfBenchmark(db, benchmarkId)).values()) {
    const job = await readJob(db, id);
    if (job?.input.kind === "benchmark" && job.input.benchmarkIds.length === 1) await cancelUnfinishedJob(context, id);
  }
  await deleteBenchmark(db, benchmarkId);
}
