import { type RunDetail, type RunRecord, runRecord } from "@/lib/contract/run";
import { runConfig } from "@/lib/contract/run-config";
import { pointOfStep } from "@/tests/support/run-curve";

/** A small STAN run: 70 tokens and half a second a step, 3 operations a token, evaluated at steps 0 and 2. */
export function runDetailFixture({ steps, step }: { steps: number; step: number }): RunDetail {
  const evaluations = [0, 2]
    .filter((at) => at <= step)
    .map((at) => ({
      step: at,
      loss: 5 - at / 2,
      baseLoss: 5,
      rows: 7,
      labelTokens: 77,
      difference: -at / 2,
      differenceHalfWidth: 0.125,
      byDomain: [],
    }));
  return {
    run: {
      id: "r",
      name: "stan-m7-k2",
      method: "stan",
      modelId: "m",
      modelName: "tiny",
      dataName: "rows",
      seed: 3,
      status: "running",
      error: null,
      step,
      steps,
      secondsLeft: 3,
      isResumable: false,
      latestEvaluation: evaluations.at(-1) ?? null,
      cost: {
        trainableParameters: 7,
        activeParameters: 2,
        baseParameters: 1000,
        flopsPerToken: 3,
        adapterBytes: 28,
        medianStepMs: 500,
        tokensPerSecond: 140,
        peakMemoryBytes: null,
      },
      collection: null,
      derivedFrom: null,
      isImported: false,
      isSample: false,
      experiment: null,
      group: null,
      createdAt: "2026-01-01T00:00:00.000Z",
      startedAt: "2026-01-01T00:00:01.000Z",
      finishedAt: null,
    },
    config: runConfig.parse({
      model: "m",
      data: { kind: "dataSet", dataSetId: "d", mapping: { kind: "text", text: "text" } },
      adapter: { method: "stan", numLatents: 7, k: 2, targets: { modules: ["q_proj"] } },
      training: { steps, learningRate: 0.002 },
    }),
    imported: null,
    bakedEdits: null,
    provenance: {},
    stepsAPoint: 1,
    metrics: Array.from({ length: step }, (_, index) =>
      pointOfStep({
        step: index + 1,
        loss: 5 - index / 10,
        gradNorm: 1,
        learningRate: 0.002,
        tokens: (index + 1) * 70,
        labelTokens: (index + 1) * 70,
        seconds: (index + 1) / 2,
      }),
    ),
    evaluations,
    health: [],
    log: [],
    snapshot: { next: 100, open: [] },
  };
}

/** What the pages of a run share of it. */
export function recordOf({ run, config, imported, bakedEdits, provenance, snapshot, metrics }: RunDetail): RunRecord {
  const newest = metrics.at(-1);
  return {
    run,
    config,
    imported,
    bakedEdits,
    provenance,
    snapshot,
    newestStep: newest === undefined ? null : runRecord.shape.newestStep.parse(newest),
  };
}
