import type { Database } from "@/server/db/client";
import { readExperiment } from "@/server/db/experiments/experiments";
import { listTrials, setTrialStopped, trialOfRun } from "@/server/db/experiments/trials";
import { readEvaluations } from "@/server/db/runs/run-progress";
import { requestOfRun } from "@/server/db/runs/runs";
import { isHopeless } from "./median-stopping";

/**
 * Asks a trial of a sweep to stop where the median rule says so of its latest evaluation; final runs and probes always train to their end.
 *
 * @returns whether it is to stop
 */
export async function judgeTrial(db: Database, runId: string): Promise<boolean> {
  const trial = await trialOfRun(db, runId);
  if (trial?.stage !== "sweep") return false;
  if (trial.stoppedAtStep !== null) return true;
  const rule = (await readExperiment(db, trial.experimentId))?.request.earlyStopping ?? null;
  if (rule === null) return false;
  const others = (await listTrials(db, trial.experimentId)).flatMap(({ trial: other, run }) => {
    const hasEnded = run?.status === "finished" || (run?.status === "stopped" && other.stoppedAtStep !== null);
    return other.stage === "sweep" && other.arm === trial.arm && hasEnded && run !== null ? [run.id] : [];
  });
  const ended = await Promise.all(others.map((id) => readEvaluations(db, id)));
  const own = await readEvaluations(db, runId);
  const last = own.at(-1);
  // What has come to its end is not stopped.
  if (last === undefined || last.step === trial.steps || !isHopeless(own, ended, rule)) return false;
  return db.transaction(async (transaction) => {
    await setTrialStopped(transaction, trial, last.step);
    return requestOfRun(transaction, runId, "stop");
  });
}
