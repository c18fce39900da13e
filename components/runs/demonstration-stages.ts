import { methodNames, methodOf } from "@/lib/contract/methods/methods";
import { isOpenJob, type JobSummary, type RunSummary } from "@/lib/contract/run";
import type { SystemStatus } from "@/lib/contract/worker";

export type StageState = "waiting" | "live" | "done" | "cancelled" | "failed";
export type Stage = {
  key: string;
  name: string;
  state: StageState;
  done: number;
  total: number | null;
  unit: JobSummary["unit"];
  secondsLeft: number | null;
  /** What went wrong, or what is being done. */
  message: string;
  runId: string | null;
};

/** The runs that the demonstration's buttons start carry this group. */
export const demonstrationGroup = "demonstration";

/**
 * The way of the demonstration, stage by stage: model and text, then each training and its statistics. Null when it was never
 * started, or when it is over and other runs have followed.
 */
export function demonstrationStages(
  runs: readonly RunSummary[],
  jobs: readonly JobSummary[],
  status: SystemStatus["demonstration"] | undefined,
): Stage[] | null {
  const job = jobs.find((one) => one.kind === "demonstration");
  const ours = latestOfEachMethod(runs);
  if (ours.length === 0 && !(job && isShown(job)) && status !== "running") return null;
  const stages = [setUpStage(job, ours), ...ours.flatMap(stagesOfRun)];
  const isOver = stages.every((stage) => stage.state === "done");
  return isOver && runs.length > ours.length ? null : stages;
}

function isShown(job: JobSummary): boolean {
  return isOpenJob(job) || job.status === "failed";
}

/** The demonstration's runs, STAN first; of several demonstrations the newest. */
export function latestOfEachMethod(runs: readonly RunSummary[]): RunSummary[] {
  const newest = runs.filter((run) => run.group === demonstrationGroup).sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  return methodNames.flatMap((method) => newest.find((run) => run.method === method) ?? []);
}

function setUpStage(job: JobSummary | undefined, runs: readonly RunSummary[]): Stage {
  const stage = { key: "set-up", name: "Model and text", unit: job?.unit ?? ("steps" as const), secondsLeft: null, runId: null };
  const isBehind = runs.length > 0 && (!job || job.status === "finished");
  if (isBehind || job?.status === "finished") return { ...stage, state: "done", done: 1, total: 1, message: "" };
  if (!job) return { ...stage, state: "live", done: 0, total: null, message: "" };
  const state = job.status === "failed" || job.status === "cancelled" ? "failed" : job.status === "running" ? "live" : "waiting";
  return { ...stage, state, done: job.done, total: job.total, message: job.error ?? job.message };
}

function stagesOfRun(run: RunSummary): Stage[] {
  const name = methodOf(run).label;
  const training: Stage = {
    key: `train-${run.id}`,
    name: `Train ${name}`,
    state: trainingState(run),
    done: run.step,
    total: run.steps,
    unit: "steps",
    secondsLeft: run.secondsLeft,
    message: run.error ?? "",
    runId: run.id,
  };
  const { collection } = run;
  const hasEnded = training.state === "failed" || training.state === "cancelled" || (training.state === "done" && !collection);
  const statistics: Stage = {
    key: `collect-${run.id}`,
    name: `Statistics of ${name}`,
    state: collection ? collectionState(collection.status) : "waiting",
    done: collection?.tokens ?? 0,
    total: collection?.maxTokens ?? null,
    unit: "tokens",
    secondsLeft: null,
    message: "",
    runId: run.id,
  };
  return hasEnded ? [training] : [training, statistics];
}

function trainingState(run: RunSummary): StageState {
  switch (run.status) {
    case "queued":
      return "waiting";
    case "running":
    case "stopping":
      return "live";
    case "finished":
    case "stopped":
      return "done";
    case "cancelled":
    case "failed":
      return run.status;
  }
}

function collectionState(status: "queued" | "running" | "finished" | "failed" | "cancelled"): StageState {
  return status === "queued" ? "waiting" : status === "running" ? "live" : status === "finished" ? "done" : status;
}
