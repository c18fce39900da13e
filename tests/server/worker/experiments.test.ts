import { describe, expect, test } from "vitest";
import type { ExperimentDetail } from "@/lib/contract/experiment";
import { readEvaluations, readMetrics } from "@/server/db/runs/run-progress";
import { listRuns, readRun } from "@/server/db/runs/runs";
import { getExperiment } from "@/server/services/experiments/get-experiment";
import { startExperiment } from "@/server/services/experiments/start-experiment";
import { smallExperiment } from "@/tests/support/experiment";
import { freshContext } from "@/tests/support/service-context";
import { eventually, startWorker } from "@/tests/support/worker-process";

const context = await freshContext();
const { store, dataFolder } = context;

async function started(): Promise<string> {
  const request = await smallExperiment(context, { training: { steps: 30, checkpointEvery: 5, evaluateEvery: 10, evaluationRows: 12 } });
  return (await startExperiment(context, request)).experiment.id;
}

/** The experiment, once it is as wanted. */
function until(id: string, what: string, isWanted: (detail: ExperimentDetail) => boolean): Promise<ExperimentDetail> {
  return eventually(what, async () => {
    const detail = await getExperiment(context, id);
    if (detail.experiment.status === "failed") throw new Error(detail.experiment.error ?? "failed");
    return isWanted(detail) ? detail : undefined;
  });
}

function isAt(detail: ExperimentDetail, stage: string): boolean {
  return detail.trials.some((trial) => trial.stage === stage && trial.status === "running" && trial.step >= 7);
}

describe("an experiment whose workers are killed", () => {
  test("in the sweep and in the final runs ends with every run trained once and whole, on rows apart", async () => {
    const id = await started();
    const first = await startWorker(store.url, dataFolder);
    await until(id, "the sweep is on its way", (detail) => isAt(detail, "sweep"));
    await first.kill();
    const [second, third] = [await startWorker(store.url, dataFolder), await startWorker(store.url, dataFolder)];
    await until(id, "a final run is on its way", (detail) => isAt(detail, "final"));
    await Promise.all([second.kill(), third.kill()]);
    await startWorker(store.url, dataFolder);
    const { experiment, trials, choices, tasks } = await until(id, "the end", (detail) => detail.experiment.status === "finished");
    expect(experiment).toMatchObject({ done: 8, total: 8, error: null });
    expect(trials.map(({ status }) => status)).toEqual(new Array(8).fill("finished"));
    expect(tasks.map(({ status }) => status)).toEqual(new Array(4).fill("finished"));
    const runs = (await listRuns(store.db)).filter((run) => run.experiment?.id === id);
    expect(runs.map((run) => run.id).sort()).toEqual(trials.map(({ run }) => run?.id ?? "").sort());
    const read = new Map<string, number>();
    for (const { id: run, experiment: part } of runs) {
      expect((await readMetrics(store.db, run)).map(({ step }) => step)).toEqual(Array.from({ length: 30 }, (_, at) => at + 1));
      const [before] = await readEvaluations(store.db, run);
      read.set(part?.stage ?? "", before?.rows ?? 0);
      expect((await readRun(store.db, run))?.provenance["data"]).toBeDefined();
    }
    // Twelve rows are held out: what settings are chosen by and what is reported on do not overlap.
    expect((read.get("sweep") ?? 0) + (read.get("final") ?? 0)).toBe(12);
    for (const { arm, loss, trial } of choices) {
      const own = trials.filter((one) => one.stage === "sweep" && one.arm === arm);
      expect(loss).toBe(Math.min(...own.map(({ evaluation }) => evaluation?.loss ?? Number.NaN)));
      const chosen = own.find((one) => one.trial === trial)?.learningRate;
      expect(trials.flatMap((one) => (one.stage === "final" && one.arm === arm ? [one.learningRate] : []))).toEqual([chosen, chosen]);
    }
  }, 240_000);
});
