import type { ComparedItem, ComparedSide, ScoreLine, ScoreOfSides, SideLatents } from "@/lib/contract/comparison";
import type { ReportMaterial } from "@/server/report/material";
import { type ArmName, adapters, arms, costOf, lossAt, rates, reportedRun, seeds } from "./arms";
import { experiment } from "./experiment";
import { benchmark, dataSet, model } from "./library";

/** An experiment of two arms with three rates and three seeds on a classification, measured on report rows and on general text. */
export function reportMaterial(): ReportMaterial {
  const sides = arms.map(sideOf);
  const lines = [accuracyLine, forgettingLine];
  const scores = lines.map(scoreOf);
  const scorecard = {
    lines,
    pairs: seeds.map((seed) => ({ first: `STAN-${seed}`, second: `LoRA-${seed}` })),
    scores,
    domains: [
      {
        benchmarkId: "b1",
        name: "report rows",
        domains: ["movies", "tweets"],
        metric: { label: "accuracy", better: "higher" as const, unit: "share" as const },
        against: "constantAnswer" as const,
        sides: [
          { side: 0, values: [0.83, 0.71], changes: [0.31, 0.19] },
          { side: 1, values: [0.79, null], changes: [0.27, null] },
        ],
        isAcross: false,
      },
    ],
    missing: [{ benchmarkId: "b2", name: "a third benchmark", isGeneral: false, runs: ["LoRA-3"], isUnderway: false, jobs: [] }],
    measurable: [],
    suggested: [],
    correctedFor: 2,
  };
  return {
    title: "Sentiment on a small encoder",
    madeAt: "2026-11-28T23:05:07.000Z",
    version: "0.1.0",
    comparison: {
      sides,
      settings: [
        { path: "adapter.method", values: ["stan", "lora"] },
        { path: "adapter.k", values: ["7", null] },
      ],
      sameSettings: 23,
      remarks: ["LoRA final seed 3 was stopped at step 90 of 100."],
    },
    pairs: [{ first: 0, second: 1, scorecard }],
    budgets: {
      tolerance: 0.02,
      budgets: [
        { mode: "budget", values: [3, 3], fits: [1], suggestion: null },
        { mode: "parameters", values: [562_176, 562_176], fits: [1], suggestion: null },
        { mode: "activeParameters", values: [64_512, 562_176], fits: [], suggestion: null },
        { mode: "wallClock", values: [50, null], fits: [], suggestion: null },
      ],
    },
    latents: {
      sides: [
        { side: 0, latents: latentsOf("STAN-1", 0.11) },
        { side: 1, latents: latentsOf("LoRA-1", 1) },
      ],
      remarks: ["The two collections cover different tokens."],
    },
    items: {
      benchmark,
      counts: { all: 211, firstOnly: 13, secondOnly: 5, differ: 18 },
      first: [item(17, -0.83)],
      second: [item(29, 0.41)],
    },
    runs: new Map(arms.flatMap((arm) => seeds.map((seed) => [`${arm}-${seed}`, reportedRun(arm, seed)] as const))),
    models: [model],
    dataSets: [dataSet],
    benchmarks: [benchmark, { ...benchmark, id: "b2", name: "encyclopedia", isGeneral: true, numRows: 101, rowsHash: "sha256:general" }],
    experiment: experiment(),
  };
}

function sideOf(arm: ArmName, place: number): ComparedSide {
  return {
    name: `${arm} final`,
    method: adapters[arm].method === "stan" ? "stan" : "lora",
    runs: seeds.map((seed) => ({
      id: `${arm}-${seed}`,
      name: `${arm} final seed ${seed}`,
      seed,
      status: "finished",
      step: 100,
      steps: 100,
      cost: costOf(arm),
      curve: [0, 50, 100].map((step) => ({
        step,
        tokens: step * 110,
        flops: step * 1e6,
        seconds: step / (place + 2),
        loss: lossAt(arm, seed, step),
        baseLoss: 1.089,
      })),
    })),
    task: "classification",
    learningRate: rates[arm][1] ?? 0,
    numLatents: arm === "STAN" ? 61 : null,
    k: arm === "STAN" ? 7 : null,
    domains: null,
    rateGroup: place,
    shapeGroup: place,
    domainGroup: place,
  };
}

const accuracyLine: ScoreLine = {
  key: "b1:accuracy",
  label: "accuracy",
  source: "report rows",
  better: "higher",
  unit: "share",
  each: "row",
  isForgetting: false,
  benchmarkId: "b1",
  first: { mean: 0.781, sd: 0.0107, values: [0.773, 0.777, 0.793] },
  second: { mean: 0.743, sd: 0.0131, values: [0.731, 0.741, 0.757] },
  difference: { value: 0.038, low: 0.011, high: 0.065 },
  bySeed: [0.042, 0.036, 0.036],
  basis: "rowsAndSeeds",
  rows: 211,
  pValue: 0.0071,
  correctedPValue: 0.0142,
  margin: null,
  verdict: {
    kind: "better",
    text: "STAN final is better than LoRA final: accuracy is higher by 3.8 percentage points (95 % interval 1.1 to 6.5, 3 seeds, 211 examples).",
  },
};

const forgettingLine: ScoreLine = {
  ...accuracyLine,
  key: "b2:loss",
  label: "forgetting",
  source: "encyclopedia",
  better: "lower",
  unit: "nats",
  each: "token",
  isForgetting: true,
  benchmarkId: "b2",
  first: { mean: 0.019, sd: 0.0043, values: [0.014, 0.019, 0.024] },
  second: { mean: 0.023, sd: 0.0061, values: [0.017, 0.023, 0.029] },
  difference: { value: -0.004, low: -0.0151, high: 0.0071 },
  bySeed: [-0.003, -0.004, -0.005],
  rows: 101,
  pValue: 0.39,
  correctedPValue: 0.39,
  verdict: {
    kind: "notDistinguishable",
    text: "STAN final and LoRA final are not distinguishable: loss differs by −0.004 nats. This is not evidence that they are equal.",
  },
};

function scoreOf(line: ScoreLine): ScoreOfSides {
  const { first, second, key, label, source, better, unit, each, isForgetting } = line;
  const values = [first, second].flatMap((one, side) =>
    one.values.map((value, at) => ({ side, runId: `${arms[side]}-${seeds[at]}`, value })),
  );
  return { key, label, source, better, unit, each, isForgetting, values };
}

function latentsOf(runId: string, density: number): SideLatents {
  const spread = { count: 53, low: density / 10, median: density, high: Math.min(1, density * 3) };
  return {
    runId,
    collectionId: "c1",
    positionKind: "token",
    tokens: 40_009,
    numLatents: 732,
    fired: 701,
    density: spread,
    selectivity: { count: 53, low: 0.3, median: 0.47, high: 0.79 },
    effect: { count: 53, low: 1e-5, median: 1e-4, high: 2e-3 },
    outputShare: null,
    stability: {
      runs: ["STAN-1", "STAN-2"],
      modules: 5,
      modulesTotal: 12,
      latents: 305,
      shareMatched: 0.23,
      threshold: 0.7,
      medianCosine: 0.41,
    },
  };
}

function item(row: number, difference: number): ComparedItem {
  const reading = (loss: number, isRight: boolean) => ({ loss, rightShare: isRight ? 1 : 0, answer: isRight ? "positive" : "negative" });
  return {
    row,
    domain: "movies",
    text: `Row ${row} is a fine film.`,
    reference: "positive",
    labelTokens: 1,
    first: reading(1 + difference, difference < 0),
    second: reading(1, difference > 0),
    difference,
  };
}
