import { z } from "zod";
import { addBenchmarkRequest, benchmarkSummary } from "@/lib/contract/benchmark";
import { positionKindName } from "@/lib/contract/positions/positions";
import { jobSummary, runCost, runStatus } from "@/lib/contract/run";
import { runMethod } from "@/lib/contract/run-config";
import { taskKind } from "@/lib/contract/tasks/tasks";

/** Most runs that one comparison takes. */
export const mostComparedRuns = 96;

/**
 * `GET /api/compare`. Runs whose configuration is equal but for the seed form one side, in the order of their first runs. Where all of them
 * would form one, each run is a side of its own; a run that is named twice stands beside itself.
 */
export const comparisonQuery = z.object({
  /** Ids of runs, parted by commas. */
  runs: z.string().min(1),
});
export type ComparisonQuery = z.output<typeof comparisonQuery>;

/** `GET /api/compare/budgets` and `/latents`: which two sides, by their place among the sides from 0. */
export const pairQuery = comparisonQuery.extend({ first: z.int().min(0).default(0), second: z.int().min(0).default(1) });
export type PairQuery = z.output<typeof pairQuery>;

/** `GET /api/compare/scorecard`: sides whose whole interval lies within a margin are called equivalent, within that margin; without one, none are. */
export const scorecardQuery = pairQuery.extend({
  /** Of shares of rows, in percentage points; 0 for none. */
  marginPoints: z.number().min(0).max(100).default(0),
  /** Of losses; 0 for none. */
  marginNats: z.number().min(0).default(0),
});
export type ScorecardQuery = z.output<typeof scorecardQuery>;

/** An evaluation on held-out rows, and what training had taken until then; null where it was not logged. */
export const curvePoint = z.object({
  step: z.int(),
  tokens: z.number().nullable(),
  /** Of the forward pass, base and adapter. */
  flops: z.number().nullable(),
  seconds: z.number().nullable(),
  loss: z.number(),
  baseLoss: z.number(),
});
export type CurvePoint = z.infer<typeof curvePoint>;

export const comparedRun = z.object({
  id: z.string(),
  name: z.string(),
  seed: z.int().nullable(),
  status: runStatus,
  step: z.int(),
  steps: z.int(),
  cost: runCost.nullable(),
  curve: z.array(curvePoint),
});
export type ComparedRun = z.infer<typeof comparedRun>;

export const comparedSide = z.object({
  /** Of one run its name; of several what their names begin with. */
  name: z.string(),
  method: runMethod,
  runs: z.array(comparedRun),
  /** What its loss is: cross-entropy per label token, per row, or a squared error. */
  task: taskKind,
  /** What of its configuration plots are drawn over; null where it is not known or the method has none. */
  learningRate: z.number().nullable(),
  numLatents: z.int().nullable(),
  k: z.int().nullable(),
  /** Domains that it was trained on alone; null for all. */
  domains: z.array(z.string()).nullable(),
  /**
   * Sides with the same number differ in learning rate alone; those with the same `shapeGroup` in numLatents and k alone; those with the same
   * `domainGroup` in what they were trained on, and in the learning rate that was chosen for it.
   */
  rateGroup: z.int(),
  shapeGroup: z.int(),
  domainGroup: z.int(),
});
export type ComparedSide = z.infer<typeof comparedSide>;

export const comparison = z.object({
  sides: z.array(comparedSide),
  /** What differs between the sides, by path in the configuration; null where a side has no such setting. */
  settings: z.array(z.object({ path: z.string(), values: z.array(z.string().nullable()) })),
  /** How many settings are the same on all sides. */
  sameSettings: z.int(),
  /** What cannot be compared, or only with a caveat, in sentences. */
  remarks: z.array(z.string()),
});
export type Comparison = z.infer<typeof comparison>;

/** Of a side: the mean over its runs, their standard deviation (null for one), and each run's value. */
export const sideScore = z.object({ mean: z.number(), sd: z.number().nullable(), values: z.array(z.number()) });

const metricWords = {
  /** `evaluation`, or a benchmark's id, and a metric's name, parted by a colon; `evaluation` alone is its loss. */
  key: z.string(),
  label: z.string(),
  /** Whose metric it is. */
  source: z.string(),
  better: z.enum(["higher", "lower"]),
  unit: z.enum(["share", "nats", "number"]),
  /** What a loss is a mean over: label tokens, or rows that are answered with a class or a number. */
  each: z.enum(["token", "row"]),
  /** What the adapter adds to the base model's loss on general text. */
  isForgetting: z.boolean(),
};

export const scoreLine = z.object({
  ...metricWords,
  benchmarkId: z.string().nullable(),
  first: sideScore,
  second: sideScore,
  /** First minus second with its 95 % interval, whose ends are null over too few rows; null where there is none. */
  difference: z.object({ value: z.number(), low: z.number().nullable(), high: z.number().nullable() }).nullable(),
  /** First minus second of each pair of runs. */
  bySeed: z.array(z.number()),
  /** What the interval is over. */
  basis: z.enum(["rows", "rowsAndSeeds", "seeds", "none"]),
  rows: z.int().nullable(),
  /** McNemar's mid-p of two runs that are right or wrong row by row; else the level at which the interval ends at 0. */
  pValue: z.number().nullable(),
  /** By Holm's method, for all lines of the scorecard that have a p; the verdict goes by this one. */
  correctedPValue: z.number().nullable(),
  /** Within which the verdict would be equivalent, in the metric's own size; null for none. */
  margin: z.number().nullable(),
  verdict: z.object({ kind: z.enum(["better", "worse", "notDistinguishable", "equivalent", "notComparable"]), text: z.string() }),
});
export type ScoreLine = z.infer<typeof scoreLine>;

/** One metric of every run on all sides. */
export const scoreOfSides = z.object({
  ...metricWords,
  values: z.array(z.object({ side: z.int(), runId: z.string(), value: z.number() })),
});
export type ScoreOfSides = z.infer<typeof scoreOfSides>;

/** What each side makes of a benchmark's domains, mean over its runs; null where no row was measured. */
export const domainScores = z.object({
  benchmarkId: z.string(),
  name: z.string(),
  domains: z.array(z.string()),
  /** Of answers the first metric of the benchmark; of losses what the adapter adds to the base model's, or to that of a constant prediction. */
  metric: z.object({ label: z.string(), better: z.enum(["higher", "lower"]), unit: z.enum(["share", "nats", "number"]) }),
  /** What `changes` are against. */
  against: z.enum(["baseModel", "constantAnswer"]),
  sides: z.array(z.object({ side: z.int(), values: z.array(z.number().nullable()), changes: z.array(z.number().nullable()) })),
  /** Whether sides were trained on different domains, so that it shows what one teaches another. */
  isAcross: z.boolean(),
});
export type DomainScores = z.infer<typeof domainScores>;

/** A benchmark that would say what no number says yet; `request` as `POST /api/benchmarks` takes it. */
export const suggestedBenchmark = z.object({
  /** The rows that both sides held out in training, or text that neither was trained on. */
  purpose: z.enum(["heldOut", "forgetting"]),
  request: addBenchmarkRequest,
});
export type SuggestedBenchmark = z.infer<typeof suggestedBenchmark>;

export const comparisonScorecard = z.object({
  lines: z.array(scoreLine),
  /** Runs of the two sides that are paired, first with first. */
  pairs: z.array(z.object({ first: z.string(), second: z.string() })),
  scores: z.array(scoreOfSides),
  domains: z.array(domainScores),
  /** Benchmarks that some finished run of the two sides was not measured on yet. */
  missing: z.array(
    z.object({
      benchmarkId: z.string(),
      name: z.string(),
      isGeneral: z.boolean(),
      runs: z.array(z.string()),
      isUnderway: z.boolean(),
      /** That measure it now, with their progress; and the latest of a run that failed, with its reason. */
      jobs: z.array(jobSummary),
    }),
  ),
  /** Runs of the two sides that have ended, which a benchmark measures. */
  measurable: z.array(z.string()),
  suggested: z.array(suggestedBenchmark),
  /** Lines that p values are corrected for. */
  correctedFor: z.int(),
});
export type ComparisonScorecard = z.infer<typeof comparisonScorecard>;

/** `GET /api/compare/items` */
export const comparedItemQuery = pairQuery.extend({
  benchmark: z.string().min(1),
  sort: z.enum(["difference", "row", "first", "second"]).default("difference"),
  order: z.enum(["asc", "desc"]).default("asc"),
  /** Rows that the first side alone has right, the second alone, or either alone. */
  show: z.enum(["all", "firstOnly", "secondOnly", "differ"]).default("all"),
  offset: z.int().min(0).default(0),
  limit: z.int().min(1).max(500).default(50),
});
export type ComparedItemQuery = z.output<typeof comparedItemQuery>;

/** What a side makes of a row, over its paired runs: the mean loss (nats per label token or row, or a squared error), the share that is right, the first run's answer. */
export const sideReading = z.object({ loss: z.number(), rightShare: z.number().nullable(), answer: z.string().nullable() });

export const comparedItem = z.object({
  row: z.int(),
  domain: z.string().nullable(),
  text: z.string(),
  reference: z.string().nullable(),
  labelTokens: z.int(),
  first: sideReading,
  second: sideReading,
  /** Loss, first minus second. */
  difference: z.number(),
});
export type ComparedItem = z.infer<typeof comparedItem>;

export const comparedItems = z.object({
  benchmark: benchmarkSummary,
  items: z.array(comparedItem),
  total: z.int(),
  counts: z.object({ all: z.int(), firstOnly: z.int(), secondOnly: z.int(), differ: z.int() }),
});
export type ComparedItems = z.infer<typeof comparedItems>;

/** Numbers over latents that fired, those without one left out; null where none has one. */
const latentSpread = z.object({ count: z.int(), low: z.number(), median: z.number(), high: z.number() }).nullable();

/** How the latents of a side's first two runs match, one to one by cosine of decoder columns; |cosine| of rank components. */
export const latentStability = z.object({
  runs: z.tuple([z.string(), z.string()]),
  /** Modules that were matched, of how many: those whose update is largest, as far as a request should take. */
  modules: z.int(),
  modulesTotal: z.int(),
  latents: z.int(),
  /** Share whose pair is more similar than the threshold. */
  shareMatched: z.number(),
  threshold: z.number(),
  medianCosine: z.number(),
});
export type LatentStability = z.infer<typeof latentStability>;

/** Of one side, from the latest finished collection of the first of its runs that has one: its latents, or rank components. */
export const sideLatents = z.object({
  runId: z.string(),
  collectionId: z.string(),
  positionKind: positionKindName,
  /** Counted positions that the numbers are over. */
  tokens: z.int(),
  numLatents: z.int(),
  fired: z.int(),
  /** The tenth, half and nine tenths of each number. */
  density: latentSpread,
  selectivity: latentSpread,
  /** |attribution|, nats per firing: the first-order size of a latent's effect on the loss. */
  effect: latentSpread,
  outputShare: latentSpread,
  stability: latentStability.nullable(),
});
export type SideLatents = z.infer<typeof sideLatents>;

export const comparedLatents = z.object({
  first: sideLatents.nullable(),
  second: sideLatents.nullable(),
  /** Why numbers are not of the same thing, or are not there. */
  remarks: z.array(z.string()),
});
export type ComparedLatents = z.infer<typeof comparedLatents>;
