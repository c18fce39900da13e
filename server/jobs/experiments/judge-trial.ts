import { placeOfTrial } from "@/lib/contract/experiment-trials";
import type { Database } from "@/server/db/client";
import { readExperiment } from "@/server/db/experiments/experiments";
import { listTrials, setTrialStopped, trialOfRun } from "@/server/db/experiments/trials";
import { readEvaluations } from "@/server/db/runs/run-progress";
import { requestOfRun } from "@/server/db/runs/runs";
import { isHopeless } from "./median-stopping";

/**
 * Asks a trial of a sweep to stop where the median rule says so of its latest evaluation, held against trials of its arm on the same domains; final
 * runs and probes always train to their end.
 *
 * @returns whether it is to stop
 */
export async function judgeTrial(db: Database, runId: string): Promise<boolean> {
  const trial = await trialOfRun(db, runId);
  if (trial?.stage !== "sweep") return false;
  if (trial.stoppedAtStep !== null) return true;
  const request = (await readExperiment(db, trial.experimentId))?.request;
  const rule = request?.earlyStopping ?? null;
  if (request === undefined || rule === null) return false;
  const domainSetOf = (number: number) => placeOfTrial(request, "sweep", number).domainSet;
  const others = (await listTrials(db, trial.experimentId)).flatMap(({ trial: other, run }) => {
    const hasEnded = run?.status === "finished" || (run?.status === "stopped" && other.stoppedAtStep !== null);
    const isAlike = other.stage === "sweep" && other.arm === trial.arm && domainSetOf(other.trial) === domainSetOf(trial.trial);
    return isAlike && hasEnded && run !== null ? [run.id] : [];
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
