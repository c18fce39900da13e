import type { ExperimentRequest } from "@/lib/contract/experiment";
import { placeOfTrial } from "@/lib/contract/experiment-trials";
import type { Store } from "@/server/db/client";
import { listRunningExperiments, lockExperiment, setExperiment } from "@/server/db/experiments/experiments";
import { listTrials, type TrialWithRun } from "@/server/db/experiments/trials";
import { retryWhileDown } from "@/server/db/retry-while-down";
import { readJob } from "@/server/db/work/jobs";
import type { Locked } from "./locked";
import { measureFinals } from "./measure-finals";
import { startTrials } from "./start-trials";
import { planFinals, planSweep } from "./turn-stage";

type Where = { readonly store: Store };

/** Moves every running experiment on; called when a worker starts and from time to time, so that nothing rests on a message that was lost. */
export async function advanceExperiments(where: Where): Promise<void> {
  for (const id of await listRunningExperiments(where.store.db)) await advanceExperiment(where, id);
}

/**
 * Does what is due in an experiment: starts trials, turns to the next stage, queues benchmarks, ends it. All that it goes by is in the database
 * and all that it does is one transaction under the experiment's lock: it may be called at any time, by any number of workers, and be
 * killed anywhere.
 */
export async function advanceExperiment({ store }: Where, experimentId: string): Promise<void> {
  await retryWhileDown(() =>
    store.db.transaction(async (transaction) => {
      const experiment = await lockExperiment(transaction, experimentId);
      if (experiment?.status === "running") await advance({ db: transaction, experiment });
    }),
  );
}

async function advance(locked: Locked): Promise<void> {
  const { db, experiment } = locked;
  const trials = await listTrials(db, experiment.id);
  const { stage } = experiment;
  if (stage === "measure") return endWhenMeasured(locked, trials);
  const own = trials.filter(({ trial }) => trial.stage === stage);
  if (!own.every(hasEnded)) {
    await startTrials(locked, own);
    if (stage === "final") await measureFinals(locked, own);
    return;
  }
  switch (stage) {
    case "probe":
      return turn(locked, await planSweep(db, experiment, trials), "sweep");
    case "sweep":
      return turn(locked, await planFinals(db, experiment, own), "final");
    case "final":
      await measureFinals(locked, own);
      await setExperiment(db, experiment.id, { stage: "measure" });
      return advance({ ...locked, experiment: { ...experiment, stage: "measure" } });
  }
}

/** Goes on with the next stage, or ends where nothing can come of it. */
async function turn(locked: Locked, problem: string | null, stage: "sweep" | "final"): Promise<void> {
  const { db, experiment } = locked;
  if (problem !== null) return setExperiment(db, experiment.id, { status: "failed", error: problem });
  await setExperiment(db, experiment.id, { stage });
  return advance({ ...locked, experiment: { ...experiment, stage } });
}

async function endWhenMeasured({ db, experiment }: Locked, trials: readonly TrialWithRun[]): Promise<void> {
  for (const { trial } of trials) {
    const job = trial.taskId === null ? undefined : await readJob(db, trial.taskId);
    if (job?.status === "queued" || job?.status === "running") return;
  }
  const lost = lostSides(experiment.request, trials);
  const why = trials.find(({ trial, run }) => trial.stage === "final" && run?.error != null)?.run?.error;
  const error =
    lost.length === 0
      ? null
      : `No final run of ${lost.join(" and ")} finished${why == null ? "" : `: ${why}`}. Resume to retrain what failed.`;
  await setExperiment(db, experiment.id, { status: error === null ? "finished" : "failed", error });
}

/** Arms, on a set of domains each where there are such, of which no final run has finished. */
function lostSides(request: ExperimentRequest, trials: readonly TrialWithRun[]): string[] {
  const finished = trials.flatMap(({ trial, run }) =>
    trial.stage === "final" && run?.status === "finished" ? [`${trial.arm} ${placeOfTrial(request, "final", trial.trial).domainSet}`] : [],
  );
  const sets = request.domainSets?.map((names, place) => ({ place, words: ` on ${names.join(", ")}` })) ?? [{ place: null, words: "" }];
  return request.arms.flatMap(({ name }, arm) =>
    sets.flatMap(({ place, words }) => (finished.includes(`${arm} ${place}`) ? [] : [`${name}${words}`])),
  );
}

/** Whether nothing more will come of a trial: its run is over, or was removed. */
function hasEnded({ trial, run }: TrialWithRun): boolean {
  if (trial.runId === null) return false;
  return run === null || !(run.status === "queued" || run.status === "running" || run.status === "stopping");
}
