import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { experimentDetail } from "@/lib/contract/experiment";
import { readExperiment } from "@/server/db/experiments/experiments";
import type { TrialWithRun } from "@/server/db/experiments/trials";
import { readDataSet } from "@/server/db/library/data-sets";
import { appendEvaluation } from "@/server/db/runs/run-progress";
import { setRunCost, setRunStatus } from "@/server/db/runs/runs";
import { experiments } from "@/server/db/tables/experiment-tables";
import { setJobStatus } from "@/server/db/work/jobs";
import { openDataSet } from "@/server/files/data/data-set";
import { planRows } from "@/server/files/data/row-plan";
import { judgeTrial } from "@/server/jobs/experiments/judge-trial";
import { getExperiment } from "@/server/services/experiments/get-experiment";
import { isOdd } from "@/tests/support/experiment";
import { evaluationAt, experimentSteps } from "@/tests/support/experiment-steps";
import { freshContext } from "@/tests/support/service-context";

const context = await freshContext();
const { db } = context.store;
const { started, trialsOf, end, endStage } = experimentSteps(context);

const mapping = { kind: "text" as const, text: "text", domain: "domain" };
const domainSets = [["even"], ["odd"]];
const crossed = { domainSets, data: { dataSetId: "", kind: "dataSet" as const, mapping, validationRows: 30 } };

/** The rows that a run reads, as a worker would plan them. */
async function rowsOf({ run }: TrialWithRun) {
  const data = run?.config.data;
  if (data?.kind !== "dataSet") throw new Error("the run reads no data set");
  const path = (await readDataSet(db, data.dataSetId ?? ""))?.path ?? "";
  const { train, validation } = await planRows(openDataSet(path), data.mapping, data);
  return { train: [...train], validation: [...validation] };
}

describe("an experiment with several seeds in its sweep", () => {
  it("tries every setting of every arm with each, and chooses by the mean", async () => {
    const id = await started({ sweepSeeds: [5, 7] });
    // The lower rate is the best with one seed, and the worse of the two by its mean.
    const lossOf = ({ trial }: TrialWithRun) => (trial.trial < 2 ? (trial.seed === 5 ? 0.1 : 0.9) : 0.4);
    await endStage(id, "sweep", (one) => end(one, "finished", lossOf(one)));
    const sweep = await trialsOf(id, "sweep");
    for (const arm of [0, 1]) {
      const own = sweep.filter(({ trial }) => trial.arm === arm);
      expect(own.map(({ trial, run }) => [trial.seed, run?.config.training?.seed])).toEqual([5, 7, 5, 7].map((seed) => [seed, seed]));
      expect(new Set(own.map(({ trial }) => trial.learningRate)).size).toBe(2);
    }
    const { choices, experiment } = await getExperiment(context, id);
    expect(choices.map(({ trial, loss, bySeed, tried }) => [trial, loss, bySeed, tried])).toEqual([
      [2, 0.4, [0.4, 0.4], 4],
      [2, 0.4, [0.4, 0.4], 4],
    ]);
    expect(experiment.total).toBe(8 + 4);
    expect((await trialsOf(id, "final")).map(({ trial }) => trial.learningRate)).toEqual([0.03, 0.01, 0.03, 0.01]);
  });

  it("reads one that was stored when sweeps had a single seed", async () => {
    const id = await started();
    await endStage(id, "sweep", (one) => end(one, "finished", one.trial.learningRate));
    const { request, estimate, choices } = await getExperiment(context, id);
    const { sweepSeeds: _seeds, domainSets: _sets, ...asked } = request;
    const { domainSets: _none, ...expected } = estimate;
    const stored = {
      request: { ...asked, sweepSeed: 11 },
      estimate: { ...expected, arms: expected.arms.map(({ runSeconds: _, ...arm }) => arm) },
      choices: choices.map(({ bySeed: _, domainSet: __, ...choice }) => choice),
    };
    await db.update(experiments).set(stored).where(eq(experiments.id, id));
    const detail = await getExperiment(context, id);
    expect(experimentDetail.parse(detail)).toEqual(detail);
    expect(detail.request).toMatchObject({ sweepSeeds: [11], domainSets: null });
    expect(detail.choices).toEqual(choices);
    await endStage(id, "final", (one) => end(one, "finished"));
    expect((await readExperiment(db, id))?.stage).toBe("measure");
  });
});

describe("an experiment over sets of domains", () => {
  it("trains every arm on each, chooses by rows of the same domains, and reports on all that no run has seen", async () => {
    const id = await started(crossed);
    // What is best depends on the domains: on the even rows the lower rate, on the odd ones the higher.
    const wanted = ({ trial }: TrialWithRun) => (trial.trial % 2 === 0 ? trial.learningRate : 1 - trial.learningRate);
    await endStage(id, "sweep", (one) => end(one, "finished", wanted(one)));
    const detail = await getExperiment(context, id);
    expect(detail.choices.map(({ arm, domainSet, trial }) => [arm, domainSet, trial])).toEqual([
      [0, 0, 0],
      [0, 1, 3],
      [1, 0, 0],
      [1, 1, 3],
    ]);
    const sweep = await trialsOf(id, "sweep");
    expect([sweep.length, detail.experiment.total]).toEqual([8, 16]);
    const sets = detail.trials
      .filter(({ stage }) => stage === "sweep")
      .map(({ arm, setting, domainSet }) => `${arm} ${setting} ${domainSet}`);
    expect(new Set(sets).size).toBe(8);
    await endStage(id, "final", (one) => end(one, "finished"));
    const { trials } = await getExperiment(context, id);
    const reported = new Set<number>();
    const finals = await trialsOf(id, "final");
    for (const one of finals) for (const row of (await rowsOf(one)).validation) reported.add(row);
    expect(new Set([...reported].map((row) => Number(isOdd(row))))).toEqual(new Set([0, 1]));
    for (const one of [...sweep, ...finals]) {
      const { train, validation } = await rowsOf(one);
      const parity = trials.find(({ run }) => run?.id === one.run?.id)?.domainSet;
      expect(new Set(train.map((row) => Number(isOdd(row))))).toEqual(new Set([parity]));
      expect(train.filter((row) => reported.has(row))).toEqual([]);
      if (one.trial.stage === "final") expect(new Set(validation)).toEqual(reported);
      else {
        expect(new Set(validation.map((row) => Number(isOdd(row))))).toEqual(new Set([parity]));
        expect(validation.filter((row) => reported.has(row))).toEqual([]);
      }
    }
    expect(finals.map(({ trial, run }) => [trial.arm, trial.learningRate, run?.name.split(" ").slice(0, 6).join(" ")])).toEqual(
      expect.arrayContaining([
        [0, 0.003, "STAN on even final seed 1,"],
        [0, 0.03, "STAN on odd final seed 1,"],
      ]),
    );
  });

  it("holds a trial against trials of its own domains, when it stops those that fall behind", async () => {
    const id = await started({ ...crossed, earlyStopping: { firstStep: 4, afterTrials: 1 } });
    const judged: string[] = [];
    await endStage(id, "sweep", async (one) => {
      const run = one.run?.id ?? "";
      await setRunStatus(db, run, "running");
      // Odd rows are harder for all; the second setting is as good as the first.
      await appendEvaluation(db, run, evaluationAt(4, one.trial.trial % 2 === 0 ? 1 : 2));
      if (await judgeTrial(db, run)) judged.push(run);
      await end(one, "finished", 1);
    });
    expect(judged).toEqual([]);
  });

  it("evens out the time of arms that are trained on the same domains", async () => {
    const id = await started({ ...crossed, match: "wallClock" });
    const cost = { trainableParameters: 1, activeParameters: 1, baseParameters: 1, flopsPerToken: 1, adapterBytes: 4 };
    await endStage(id, "probe", async (one) => {
      // The first arm takes four times as long as the second on the first set, and twice as long on the other.
      const medianStepMs = one.trial.arm === 0 ? 40 : 10 * (one.trial.trial + 1);
      await setRunCost(db, one.run?.id ?? "", { ...cost, medianStepMs, tokensPerSecond: 100, peakMemoryBytes: 1 });
      await end(one, "finished");
    });
    expect((await trialsOf(id, "sweep")).map(({ trial }) => trial.steps)).toEqual([3, 12, 6, 12, 3, 12, 6, 12]);
  });

  it("names the sides of which no final run came to its end", async () => {
    const id = await started(crossed);
    await endStage(id, "sweep", (one) => end(one, "finished", 1));
    await endStage(id, "final", (one) => end(one, one.trial.arm === 1 && one.trial.trial < 2 ? "failed" : "finished"));
    const tasks = (await getExperiment(context, id)).tasks;
    expect(tasks).toHaveLength(6);
    for (const job of tasks) await setJobStatus(db, job.id, "finished");
    await endStage(id, "measure", async () => {});
    expect((await getExperiment(context, id)).experiment.error).toMatch(/^No final run of LoRA on even finished: the loss is not a number/);
  });
});
