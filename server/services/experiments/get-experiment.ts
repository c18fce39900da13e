import type { ExperimentDetail, ExperimentSummary, ExperimentTrial, TrialStatus } from "@/lib/contract/experiment";
import { countFinals, placeOfTrial } from "@/lib/contract/experiment-trials";
import type { JobSummary } from "@/lib/contract/run";
import { readBenchmark } from "@/server/db/benchmarks/benchmarks";
import type { Database } from "@/server/db/client";
import { type ExperimentRow, readExperiment, listExperiments as readExperiments } from "@/server/db/experiments/experiments";
import { listTrials, type TrialWithRun } from "@/server/db/experiments/trials";
import { readJobSummary } from "@/server/db/work/jobs";
import type { ServiceContext } from "@/server/services/context";
import { found } from "@/server/services/errors";
import { workAhead } from "./work-ahead";

/** All experiments, newest first. */
export async function listExperiments({ store }: ServiceContext): Promise<ExperimentSummary[]> {
  const rows = await readExperiments(store.db);
  return Promise.all(rows.map(async (row) => summaryOf(row, await listTrials(store.db, row.id))));
}

/** How far an experiment is; undefined where there is none. */
export async function readExperimentSummary(db: Database, experimentId: string): Promise<ExperimentSummary | undefined> {
  const row = await readExperiment(db, experimentId);
  return row && summaryOf(row, await listTrials(db, experimentId));
}

/** An experiment with all its trials, the selected settings and why, and its cost so far. */
export async function getExperiment({ store }: ServiceContext, experimentId: string): Promise<ExperimentDetail> {
  const { db } = store;
  const row = found(await readExperiment(db, experimentId), "such experiment");
  const trials = await listTrials(db, experimentId);
  const { request, estimate, choices } = row;
  const benchmarks = [];
  for (const id of request.benchmarks) {
    const benchmark = await readBenchmark(db, id);
    if (benchmark !== undefined) benchmarks.push({ id, name: benchmark.name });
  }
  const tasks: JobSummary[] = [];
  for (const { trial } of trials) {
    const job = trial.taskId === null ? undefined : await readJobSummary(db, trial.taskId);
    if (job !== undefined) tasks.push(job);
  }
  return {
    experiment: summaryOf(row, trials),
    ...{ request, estimate, choices },
    trials: trials.map((one) => toTrial(row, one)),
    ...{ benchmarks, tasks },
    spent: spentOn(trials),
    ahead: workAhead(row, trials),
  };
}

function summaryOf(row: ExperimentRow, trials: readonly TrialWithRun[]): ExperimentSummary {
  const { id, name, status, stage, error, modelName, dataName, request } = row;
  const planned = trials.filter(({ trial }) => trial.stage !== "final").length;
  return {
    ...{ id, name, status, stage, error, modelName, dataName },
    arms: request.arms.map((arm) => arm.name),
    done: trials.filter((one) => isOver(statusOf(one))).length,
    total: planned + countFinals(request),
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}

function toTrial({ request }: ExperimentRow, one: TrialWithRun): ExperimentTrial {
  const { trial, run } = one;
  const { setting, domainSet } = placeOfTrial(request, trial.stage, trial.trial);
  const { stage, arm, trial: place, adapter, learningRate, seed, steps } = trial;
  const evaluation = run?.latestEvaluation ?? null;
  return {
    ...{ stage, arm, trial: place, setting, domainSet, adapter, learningRate, seed, steps },
    status: statusOf(one),
    run: run === null ? null : { id: run.id, name: run.name },
    step: run?.step ?? 0,
    error: run?.error ?? null,
    evaluation: evaluation && {
      step: evaluation.step,
      loss: evaluation.loss,
      baseLoss: evaluation.baseLoss,
      difference: evaluation.difference,
      differenceHalfWidth: evaluation.differenceHalfWidth,
      answer: evaluation.answers?.[0] ?? null,
    },
    trainableParameters: run?.cost?.trainableParameters ?? null,
    medianStepMs: run?.cost?.medianStepMs ?? null,
    secondsLeft: run?.secondsLeft ?? null,
  };
}

function statusOf({ trial, run }: TrialWithRun): TrialStatus {
  if (trial.runId === null) return "waiting";
  if (run === null) return "removed";
  return run.status === "stopped" && trial.stoppedAtStep !== null ? "stoppedEarly" : run.status;
}

function isOver(status: TrialStatus): boolean {
  return status !== "waiting" && status !== "queued" && status !== "running" && status !== "stopping";
}

function spentOn(trials: readonly TrialWithRun[]): ExperimentDetail["spent"] {
  const spent = { steps: 0, tokens: 0, seconds: 0, savedSteps: 0 };
  for (const { trial, run } of trials) {
    if (run === null) continue;
    const { step, steps, cost, startedAt, finishedAt } = run;
    spent.steps += step;
    spent.tokens += Math.round(((cost?.tokensPerSecond ?? 0) * (cost?.medianStepMs ?? 0) * step) / 1000);
    if (startedAt !== null) spent.seconds += Math.max(0, ((finishedAt ?? new Date()).getTime() - startedAt.getTime()) / 1000);
    if (trial.stoppedAtStep !== null && run.status === "stopped") spent.savedSteps += steps - step;
  }
  return spent;
}
