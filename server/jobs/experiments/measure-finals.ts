import { readBenchmark } from "@/server/db/benchmarks/benchmarks";
import { setTrialJob, type TrialWithRun } from "@/server/db/experiments/trials";
import { newId } from "@/server/db/new-id";
import { insertJob } from "@/server/db/work/jobs";
import type { Locked } from "./locked";

/** Asks for the benchmarks of every final run that has finished, once each. */
export async function measureFinals({ db, experiment }: Locked, finals: readonly TrialWithRun[]): Promise<void> {
  const benchmarkIds: string[] = [];
  for (const id of experiment.request.benchmarks) if ((await readBenchmark(db, id)) !== undefined) benchmarkIds.push(id);
  if (benchmarkIds.length === 0) return;
  for (const { trial, run } of finals) {
    if (run?.status !== "finished" || trial.taskId !== null) continue;
    const id = newId();
    const input = { kind: "benchmark" as const, runId: run.id, benchmarkIds };
    await setTrialJob(db, trial, id);
    await insertJob(db, { id, kind: input.kind, title: `Benchmarks of ${run.name}`, input, unit: "rows", total: null });
  }
}
