import type { BenchmarkSummary } from "@/lib/contract/benchmark";
import { measuringObstacle } from "@/lib/contract/benchmark-fit";
import { isOpenJob, type JobSummary } from "@/lib/contract/run";
import { latestJobsOfRun } from "@/server/db/benchmarks/benchmark-jobs";
import { listBenchmarks } from "@/server/db/benchmarks/benchmarks";
import { listResultHeads, type ResultPair, readPair } from "@/server/db/benchmarks/results";
import type { RunRow } from "@/server/db/runs/runs";
import { runAbility } from "@/server/services/benchmarks/run-ability";
import type { ServiceContext } from "@/server/services/context";
import { isMeasurable } from "./remarks";

/** What runs made of a benchmark, by run; of those alone whose adapter has not been trained on since. */
export type MeasuredBenchmark = {
  readonly benchmark: BenchmarkSummary;
  readonly results: ReadonlyMap<string, ResultPair>;
  /** Runs that are being measured. */
  readonly underway: ReadonlySet<string>;
  /** Jobs that are measuring runs on it, or that failed to. */
  readonly jobs: readonly JobSummary[];
  /** Runs that cannot be measured on it, as a classifier that does not tell its classes apart. */
  readonly refused: ReadonlySet<string>;
};

/** Every benchmark with the results of these runs, the oldest first. */
export async function readMeasured(context: ServiceContext, runs: readonly RunRow[]): Promise<MeasuredBenchmark[]> {
  const { db } = context.store;
  const measurable = [...new Map(runs.filter(isMeasurable).map((run) => [run.id, run])).values()];
  const [benchmarks, heads, jobs] = await Promise.all([
    listBenchmarks(db),
    Promise.all(measurable.map(({ id }) => listResultHeads(db, { runId: id }))),
    Promise.all(measurable.map(async ({ id }) => [id, await latestJobsOfRun(db, id)] as const)),
  ]);
  const abilities = await Promise.all(measurable.map(async (run) => [run.id, await runAbility(context, run)] as const));
  const stepOf = new Map(measurable.map(({ id, step }) => [id, step]));
  const current = heads.flat().filter(({ runId, step }) => stepOf.get(runId) === step);
  return Promise.all(
    benchmarks.toReversed().map(async (benchmark) => {
      const own = current.filter(({ benchmarkId }) => benchmarkId === benchmark.id);
      const read = await Promise.all(own.map(async ({ runId }) => [runId, await readPair(db, benchmark.id, runId)] as const));
      const results = new Map(read.flatMap(([runId, pair]) => (pair === undefined ? [] : [[runId, pair] as const])));
      const latest = jobs.flatMap(([runId, own]) => {
        const job = own.get(benchmark.id);
        return job === undefined || results.has(runId) ? [] : [{ runId, job }];
      });
      const underway = new Set(latest.flatMap(({ runId, job }) => (isOpenJob(job) ? [runId] : [])));
      const refused = new Set(abilities.flatMap(([id, ability]) => (measuringObstacle(ability, benchmark) === undefined ? [] : [id])));
      return {
        benchmark,
        results,
        underway,
        jobs: latest.flatMap(({ job }) => (isOpenJob(job) || job.status === "failed" ? [job] : [])),
        refused,
      };
    }),
  );
}
