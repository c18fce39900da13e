import { type ExperimentDetail, type ExperimentTrial, experimentRequest } from "@/lib/contract/experiment";
import { adapters, arms, mapping, rates, seeds } from "./arms";

export function experiment(): ExperimentDetail {
  const request = experimentRequest.parse({
    name: "Sentiment on a small encoder",
    model: "m1",
    task: { kind: "classification" },
    data: { kind: "dataSet", dataSetId: "d1", path: "/home/someone/data/reviews.jsonl", mapping },
    training: { steps: 100, maxTokens: 64 },
    arms: arms.map((name) => ({ name, adapters: [adapters[name]], learningRates: { kind: "list", values: rates[name] } })),
    finalSeeds: seeds,
    benchmarks: ["b1", "b2"],
  });
  const sweep = arms.flatMap((_, arm) => [0, 1, 2].map((trial) => trialOf("sweep", arm, trial, 0)));
  const finals = arms.flatMap((_, arm) => seeds.map((seed) => trialOf("final", arm, 1, seed)));
  return {
    experiment: {
      id: "e1",
      name: request.name,
      status: "finished",
      stage: "measure",
      error: null,
      modelName: "small encoder",
      dataName: "Reviews",
      arms: [...arms],
      done: 12,
      total: 12,
      createdAt: "2026-11-28T20:30:00.000Z",
      finishedAt: "2026-11-28T21:30:00.000Z",
    },
    request,
    estimate: {
      runs: 12,
      steps: 1200,
      tokens: 130_000,
      seconds: 900,
      speed: "products",
      measuredOn: [],
      diskBytes: 30_000_000,
      selectionRows: 190,
      reportRows: 211,
      domainSets: [],
      arms: [],
    },
    trials: [...sweep, ...finals],
    choices: arms.map((_, arm) => ({
      arm,
      domainSet: null,
      trial: 1,
      loss: 0.71,
      bySeed: [0.71],
      runnerUp: { trial: 0, loss: 0.79 },
      tried: 3,
      failed: 0,
      stoppedEarly: 0,
      isAtEdge: arm === 1 ? "highest" : null,
    })),
    benchmarks: [{ id: "b1", name: "report rows" }],
    tasks: [],
    spent: { steps: 1200, tokens: 130_000, seconds: 870, savedSteps: 0 },
    ahead: { runs: 0, steps: 0, seconds: 0, measuredRuns: 12, overEstimate: 0.97 },
  };
}

function trialOf(stage: ExperimentTrial["stage"], arm: number, trial: number, seed: number): ExperimentTrial {
  const name = arms[arm] ?? "STAN";
  const loss = 0.71 + 0.08 * Math.abs(trial - 1) + seed / 100;
  return {
    ...{ stage, arm, trial, seed, setting: trial, domainSet: null },
    adapter: adapters[name],
    learningRate: rates[name][trial] ?? 0,
    steps: 100,
    status: "finished",
    run: { id: stage === "final" ? `${name}-${seed}` : `${name}-sweep-${trial}`, name: `${name} trial ${trial + 1}` },
    step: 100,
    error: null,
    evaluation: {
      step: 100,
      loss,
      baseLoss: 1.089,
      difference: loss - 1.089,
      differenceHalfWidth: 0.031,
      answer: { name: "accuracy", value: 0.74, low: 0.7, high: 0.78, constant: 0.41 },
    },
    trainableParameters: 562_176,
    medianStepMs: 120,
    secondsLeft: null,
  };
}
