import type { ExperimentInput } from "@/lib/contract/experiment";
import type { EvaluationMetrics, RunStatus } from "@/lib/contract/run";
import { listTrials, type TrialWithRun } from "@/server/db/experiments/trials";
import { appendEvaluation } from "@/server/db/runs/run-progress";
import { listRuns, setRunStatus } from "@/server/db/runs/runs";
import { setJobStatus } from "@/server/db/work/jobs";
import { advanceExperiment } from "@/server/jobs/experiments/advance-experiment";
import type { ServiceContext } from "@/server/services/context";
import { getExperiment } from "@/server/services/experiments/get-experiment";
import { startExperiment } from "@/server/services/experiments/start-experiment";
import { smallExperiment } from "./experiment";

/** What a test does to experiments in place of workers. */
export function experimentSteps(context: ServiceContext) {
  const { db } = context.store;

  async function started(changes: Partial<ExperimentInput> = {}): Promise<string> {
    const request = await smallExperiment(context, changes);
    return (await startExperiment(context, request)).experiment.id;
  }

  async function advance(id: string): Promise<void> {
    await advanceExperiment(context, id);
  }

  async function trialsOf(id: string, stage: string): Promise<TrialWithRun[]> {
    return (await listTrials(db, id)).filter(({ trial }) => trial.stage === stage);
  }

  async function runsOf(id: string) {
    return (await listRuns(db)).filter(({ experiment }) => experiment?.id === id);
  }

  /** Ends a run as a worker would. */
  async function end(one: TrialWithRun, status: RunStatus, loss = 2): Promise<void> {
    const id = one.run?.id ?? "";
    if (status === "finished") await appendEvaluation(db, id, evaluationAt(one.run?.steps ?? 0, loss));
    await setRunStatus(db, id, status, status === "failed" ? "the loss is not a number" : null);
  }

  /** Ends whatever is begun, again and again, until the experiment stands in another stage. */
  async function endStage(id: string, stage: string, ending: (one: TrialWithRun) => Promise<void>): Promise<void> {
    for (let round = 0; round < 40; round++) {
      await advance(id);
      const open = (await trialsOf(id, stage)).filter(({ run }) => run?.status === "queued");
      if (open.length === 0) return;
      for (const one of open) await ending(one);
    }
    throw new Error(`the stage ${stage} does not end`);
  }

  /** An experiment that has ended: each arm's better learning rate chosen, a trial failed, and two runs an arm. */
  async function finished(): Promise<string> {
    const id = await started();
    await endStage(id, "sweep", (one) => end(one, one.trial.trial === 3 ? "failed" : "finished", 2 + one.trial.learningRate));
    await endStage(id, "final", (one) => end(one, "finished", 1 + one.trial.arm));
    for (const job of (await getExperiment(context, id)).tasks) await setJobStatus(db, job.id, "finished");
    await advance(id);
    return id;
  }

  return { started, advance, trialsOf, runsOf, end, endStage, finished };
}

/** An evaluation of five rows, the base model's loss being 3. */
export function evaluationAt(step: number, loss: number): EvaluationMetrics {
  return { step, loss, baseLoss: 3, rows: 5, labelTokens: 70, difference: loss - 3, differenceHalfWidth: 0.1, byDomain: [] };
}
