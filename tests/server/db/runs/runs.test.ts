import { describe, expect, it } from "vitest";
import type { EvaluationMetrics, StepMetrics } from "@/lib/contract/run";
import { latestCheckpoint, recordCheckpoint } from "@/server/db/runs/checkpoints";
import { readEvaluatedRows } from "@/server/db/runs/evaluation-rows";
import { appendEvaluation, appendMetrics, dropProgressAfter, readEvaluations, readMetrics } from "@/server/db/runs/run-progress";
import {
  type DerivedRun,
  deleteRun,
  insertDerivedRun,
  listRuns,
  readRun,
  readRunRequest,
  readRunSummary,
  requestOfRun,
  setRunStatus,
} from "@/server/db/runs/runs";
import { freshDatabase } from "@/tests/support/database";
import { someConfig, storedRun } from "@/tests/support/stored-collection";

const store = await freshDatabase();

function metricsAt(step: number, loss: number): StepMetrics {
  return { step, loss, gradNorm: 1, learningRate: 0.01, tokens: step * 11, labelTokens: step * 10, seconds: step };
}

function evaluationAt(step: number): EvaluationMetrics {
  return { step, loss: 3, baseLoss: 4, rows: 2, labelTokens: 20, difference: -1, differenceHalfWidth: 0.5, byDomain: [] };
}

describe("runs", () => {
  it("are listed newest first, with the configuration as given", async () => {
    const first = await storedRun(store);
    const second = await storedRun(store);
    expect((await listRuns(store.db)).map(({ id }) => id)).toEqual([second, first]);
    expect((await readRun(store.db, first))?.config).toEqual(someConfig);
  });

  it("hold each step once, however often it is measured", async () => {
    const id = await storedRun(store);
    await appendMetrics(store.db, id, [metricsAt(1, 5), metricsAt(2, 4)]);
    await appendMetrics(store.db, id, [metricsAt(2, 3.5), metricsAt(3, 3)]);
    expect((await readMetrics(store.db, id)).map(({ step, loss }) => [step, loss])).toEqual([
      [1, 5],
      [2, 3.5],
      [3, 3],
    ]);
  });

  it("take more steps at once than a statement has parameters for", async () => {
    const id = await storedRun(store);
    await appendMetrics(
      store.db,
      id,
      Array.from({ length: 10_007 }, (_, i) => metricsAt(i + 1, 1)),
    );
    expect(await readMetrics(store.db, id, 10_000)).toHaveLength(8);
  });

  it("forget what was measured after the step they resume from", async () => {
    const id = await storedRun(store);
    await appendMetrics(store.db, id, [metricsAt(1, 5), metricsAt(2, 4), metricsAt(3, 3)]);
    await appendEvaluation(store.db, id, evaluationAt(2));
    await appendEvaluation(store.db, id, evaluationAt(3), [{ lossSum: 1.25, labelTokens: 4 }]);
    expect((await readEvaluatedRows(store.db, [id])).get(id)).toEqual({
      lossSums: Float64Array.of(1.25),
      labelTokens: Int32Array.of(4),
      answers: null,
    });
    await appendEvaluation(store.db, id, evaluationAt(3), [{ lossSum: 0.5, labelTokens: 1, answer: { predicted: 2, target: 1 } }]);
    expect((await readEvaluatedRows(store.db, [id])).get(id)?.answers).toEqual({
      predictions: Float64Array.of(2),
      targets: Float64Array.of(1),
    });
    await dropProgressAfter(store.db, id, 2);
    expect(await readEvaluatedRows(store.db, [id])).toEqual(new Map());
    expect((await readMetrics(store.db, id)).map(({ step }) => step)).toEqual([1, 2]);
    expect(await readEvaluations(store.db, id)).toEqual([evaluationAt(2)]);
    expect(await readRunSummary(store.db, id)).toMatchObject({ step: 2, latestEvaluation: { step: 2 } });
  });

  it("may be resumed when they failed, and when they were cancelled after a checkpoint", async () => {
    const failed = await storedRun(store);
    await setRunStatus(store.db, failed, "running");
    await setRunStatus(store.db, failed, "failed", "the loss is NaN at step 4");
    expect(await readRunSummary(store.db, failed)).toMatchObject({ isResumable: true, error: "the loss is NaN at step 4" });
    const cancelled = await storedRun(store);
    await setRunStatus(store.db, cancelled, "cancelled");
    expect(await readRunSummary(store.db, cancelled)).toMatchObject({ isResumable: false });
    await recordCheckpoint(store.db, { runId: cancelled, step: 3, folder: "runs/x/3", sizeBytes: 10 });
    expect(await readRunSummary(store.db, cancelled)).toMatchObject({ isResumable: true });
    expect(await latestCheckpoint(store.db, cancelled)).toMatchObject({ step: 3, folder: "runs/x/3" });
  });

  it("keep a request until they end, and take none afterwards", async () => {
    const id = await storedRun(store);
    await setRunStatus(store.db, id, "running");
    expect(await requestOfRun(store.db, id, "stop")).toBe(true);
    expect(await readRunRequest(store.db, id)).toBe("stop");
    expect(await readRunSummary(store.db, id)).toMatchObject({ status: "stopping" });
    await setRunStatus(store.db, id, "stopped");
    expect(await readRunRequest(store.db, id)).toBeNull();
    expect(await requestOfRun(store.db, id, "cancel")).toBe(false);
  });

  it("go with all that was measured", async () => {
    const id = await storedRun(store);
    await appendMetrics(store.db, id, [metricsAt(1, 5)]);
    await deleteRun(store.db, id);
    expect(await readRun(store.db, id)).toBeUndefined();
    expect(await readMetrics(store.db, id)).toEqual([]);
  });

  it("that are derived know their parent while it is there, and stay when it goes", async () => {
    const parent = await storedRun(store);
    const about = {
      modelId: "m1",
      modelName: "a model",
      dataSetId: "d1",
      dataName: "data",
      seed: 3,
      config: someConfig,
      steps: 5,
      cost: null,
    };
    const run: DerivedRun = {
      ...about,
      id: "derived00001",
      name: "baked",
      group: null,
      method: "stan",
      step: 4,
      derivedFrom: parent,
      bakedEdits: [{ operation: "moduleOff", module: "m", isOn: true, scope: "all" }],
      provenance: { parent: "a run" },
    };
    expect(await insertDerivedRun(store.db, run)).toBe(true);
    // The answer may have been lost, so it is written once more.
    expect(await insertDerivedRun(store.db, run)).toBe(true);
    const summary = await readRunSummary(store.db, run.id);
    expect(summary).toMatchObject({
      name: "baked",
      status: "finished",
      step: 4,
      derivedFrom: { id: parent, name: "a run" },
      startedAt: null,
    });
    expect(summary?.finishedAt).not.toBeNull();
    expect((await listRuns(store.db)).find(({ id }) => id === parent)?.derivedFrom).toBeNull();
    await deleteRun(store.db, parent);
    expect(await readRun(store.db, run.id)).toMatchObject({ derivedFrom: null, bakedEdits: run.bakedEdits });
    expect((await readRunSummary(store.db, run.id))?.derivedFrom).toBeNull();
    expect(await insertDerivedRun(store.db, { ...run, id: "derived00002" })).toBe(false);
    expect(await readRun(store.db, "derived00002")).toBeUndefined();
  });
});
