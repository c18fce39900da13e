import { describe, expect, it } from "vitest";
import { readExperiment } from "@/server/db/experiments/experiments";
import type { TrialWithRun } from "@/server/db/experiments/trials";
import { appendEvaluation } from "@/server/db/runs/run-progress";
import { setRunCost, setRunStatus } from "@/server/db/runs/runs";
import { setJobStatus } from "@/server/db/work/jobs";
import { judgeTrial } from "@/server/jobs/experiments/judge-trial";
import { cancelExperiment, removeExperiment, resumeExperiment } from "@/server/services/experiments/end-experiment";
import { getExperiment } from "@/server/services/experiments/get-experiment";
import { deleteRun } from "@/server/services/runs/delete-run";
import { evaluationAt, experimentSteps } from "@/tests/support/experiment-steps";
import { freshContext } from "@/tests/support/service-context";

const context = await freshContext();
const { db } = context.store;
const { started, advance, trialsOf, runsOf, end, endStage } = experimentSteps(context);

const byRate = (one: TrialWithRun) => end(one, "finished", one.trial.learningRate);

describe("an experiment", () => {
  it("starts a run for every trial once, however many move it on at a time", async () => {
    const id = await started();
    await Promise.all(Array.from({ length: 6 }, () => advance(id)));
    // No worker lives: one run waits for the first that comes.
    expect(await runsOf(id)).toHaveLength(1);
    for (let round = 0; round < 5; round++) {
      for (const one of await trialsOf(id, "sweep")) if (one.run?.status === "queued") await byRate(one);
      await Promise.all(Array.from({ length: 6 }, () => advance(id)));
    }
    const sweep = await trialsOf(id, "sweep");
    expect(new Set(sweep.map(({ run }) => run?.id)).size).toBe(4);
    expect((await runsOf(id)).filter(({ experiment }) => experiment?.stage === "sweep")).toHaveLength(4);
    // Arms take turns, and what is common to all is the same.
    const order = (await runsOf(id)).reverse().flatMap(({ experiment }) => (experiment?.stage === "sweep" ? [experiment.arm] : []));
    expect(order).toEqual([0, 1, 0, 1]);
    const configs = sweep.map(({ run }) => run?.config);
    for (const config of configs) expect(config?.training).toMatchObject({ steps: 12, batchRows: 3, seed: 0 });
    for (const config of configs) expect(config?.data).toMatchObject({ heldOutPart: "selection" });
  });

  it("trains the best setting of each arm with every seed, evaluated on other rows, and measures the benchmarks", async () => {
    const id = await started();
    await endStage(id, "sweep", byRate);
    const { choices, stage } = (await readExperiment(db, id)) ?? { choices: [], stage: "" };
    expect(stage).toBe("final");
    expect(choices.map(({ arm, trial, loss, isAtEdge }) => [arm, trial, loss, isAtEdge])).toEqual([
      [0, 0, 0.003, "lowest"],
      [1, 0, 0.001, "lowest"],
    ]);
    await endStage(id, "final", (one) => end(one, "finished"));
    const finals = await trialsOf(id, "final");
    expect(finals.map(({ trial }) => [trial.arm, trial.seed, trial.learningRate])).toEqual([
      [0, 1, 0.003],
      [1, 1, 0.001],
      [0, 2, 0.003],
      [1, 2, 0.001],
    ]);
    for (const { run, trial } of finals) {
      expect(run?.config.data).toMatchObject({ heldOutPart: "report" });
      expect(run?.config.training?.seed).toBe(trial.seed);
    }
    expect((await readExperiment(db, id))?.stage).toBe("measure");
    const detail = await getExperiment(context, id);
    expect(detail.benchmarks.map(({ name }) => name)).toEqual(["small, report rows"]);
    expect(detail.tasks.map(({ kind }) => kind)).toEqual(new Array(4).fill("benchmark"));
    await Promise.all([advance(id), advance(id)]);
    expect((await getExperiment(context, id)).tasks).toHaveLength(4);
    for (const job of detail.tasks) await setJobStatus(db, job.id, "finished");
    await advance(id);
    expect((await getExperiment(context, id)).experiment).toMatchObject({ status: "finished", done: 8, total: 8, error: null });
  });

  it("counts failed trials as tried and never chooses them; an arm that has no other ends it with the reason", async () => {
    const id = await started();
    await endStage(id, "sweep", (one) => (one.trial.trial === 0 ? end(one, "failed") : byRate(one)));
    expect((await readExperiment(db, id))?.choices.map(({ trial, failed, tried }) => [trial, failed, tried])).toEqual([
      [1, 1, 2],
      [1, 1, 2],
    ]);
    const lost = await started();
    await endStage(lost, "sweep", (one) => (one.trial.arm === 1 ? end(one, "failed") : byRate(one)));
    expect(await readExperiment(db, lost)).toMatchObject({
      status: "failed",
      error: expect.stringMatching(/^No setting of LoRA finished.*the loss is not a number.*Resume to retrain what failed/),
    });
    expect(await trialsOf(lost, "final")).toEqual([]);
    await resumeExperiment(context, lost);
    await endStage(lost, "sweep", byRate);
    expect((await readExperiment(db, lost))?.stage).toBe("final");
  });

  it("that is cancelled starts nothing more and keeps what is done; resumed, it continues with what was cancelled", async () => {
    const id = await started();
    await advance(id);
    const [first] = await trialsOf(id, "sweep");
    if (first === undefined) throw new Error("no trial");
    await byRate(first);
    // Whoever moves it on while it is cancelled starts a run before, which is then cancelled, or none.
    await Promise.all([advance(id), cancelExperiment(context, id), advance(id)]);
    await advance(id);
    const detail = await getExperiment(context, id);
    expect(detail.experiment.status).toBe("cancelled");
    expect(detail.trials.filter(({ status }) => status === "queued")).toEqual([]);
    expect(detail.trials.filter(({ status }) => status === "finished")).toHaveLength(1);
    const runs = (await runsOf(id)).length;
    expect(runs).toBeLessThanOrEqual(2);
    await expect(cancelExperiment(context, id)).rejects.toThrow("has ended already: it is cancelled");
    await resumeExperiment(context, id);
    await endStage(id, "sweep", byRate);
    expect(await trialsOf(id, "sweep").then((all) => all.map(({ run }) => run?.status))).toEqual(new Array(4).fill("finished"));
    expect((await runsOf(id)).filter(({ experiment }) => experiment?.stage === "sweep")).toHaveLength(4);
    await expect(removeExperiment(context, id)).rejects.toThrow("cancel it, then remove it");
  });

  it("does not start a trial again whose run was removed", async () => {
    const id = await started();
    await endStage(id, "sweep", async (one) => {
      await byRate(one);
      if (one.trial.trial === 1) await deleteRun(context, one.run?.id ?? "");
    });
    expect((await getExperiment(context, id)).trials.filter(({ status }) => status === "removed")).toHaveLength(2);
    expect((await readExperiment(db, id))?.stage).toBe("final");
  });

  it("stops a trial of the sweep by the median rule, shows what that saved, and leaves final runs alone", async () => {
    const id = await started({ earlyStopping: { firstStep: 4, afterTrials: 1 } });
    const judged: boolean[] = [];
    await endStage(id, "sweep", async (one) => {
      const run = one.run?.id ?? "";
      await setRunStatus(db, run, "running");
      await appendEvaluation(db, run, evaluationAt(4, one.trial.trial === 0 ? 1 : 2));
      const isStopped = await judgeTrial(db, run);
      judged.push(isStopped);
      if (isStopped) await setRunStatus(db, run, "stopped");
      else await end(one, "finished", 1);
    });
    expect(judged).toEqual([false, false, true, true]);
    const detail = await getExperiment(context, id);
    expect(detail.trials.flatMap(({ stage, status }) => (stage === "sweep" ? [status] : []))).toEqual([
      "finished",
      "finished",
      "stoppedEarly",
      "stoppedEarly",
    ]);
    expect(detail.spent.savedSteps).toBe(24);
    expect(detail.choices.map(({ stoppedEarly }) => stoppedEarly)).toEqual([1, 1]);
    const [final] = await trialsOf(id, "final");
    await appendEvaluation(db, final?.run?.id ?? "", evaluationAt(4, 99));
    expect(await judgeTrial(db, final?.run?.id ?? "")).toBe(false);
  });

  it("that matches wall-clock times every adapter first, and gives each arm as many steps as fit into the same time", async () => {
    const id = await started({ match: "wallClock" });
    const cost = { trainableParameters: 1, activeParameters: 1, baseParameters: 1, flopsPerToken: 1, adapterBytes: 4 };
    await endStage(id, "probe", async (one) => {
      const medianStepMs = one.trial.arm === 0 ? 40 : 10;
      await setRunCost(db, one.run?.id ?? "", { ...cost, medianStepMs, tokensPerSecond: 100, peakMemoryBytes: 1 });
      await end(one, "finished");
    });
    const sweep = await trialsOf(id, "sweep");
    expect(sweep.map(({ trial }) => [trial.arm, trial.steps])).toEqual([
      [0, 3],
      [1, 12],
      [0, 3],
      [1, 12],
    ]);
    await endStage(id, "sweep", byRate);
    expect((await trialsOf(id, "final")).map(({ trial }) => trial.steps)).toEqual([3, 12, 3, 12]);
  });
});
