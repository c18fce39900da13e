import { z } from "zod";
import { benchmarkMetricName } from "@/lib/contract/benchmark-names";
import { benchmarkTask } from "@/lib/contract/benchmark-task";
import { columnMapping, heldOutPart } from "@/lib/contract/data-set";
import { jobSummary } from "@/lib/contract/run";

/** Which rows of a data set are read. */
export const benchmarkPart = z.discriminatedUnion("kind", [
  /** Those with this value in the mapping's split column. */
  z.object({ kind: z.literal("split"), name: z.string().min(1) }),
  /**
   * Those that runs hold out: of a data set without a split column, as many as their `validationRows`; of an experiment's halves, one; of several
   * splits that are held out, one.
   */
  z.object({
    kind: z.literal("heldOut"),
    validationRows: z.int().min(1).default(128),
    heldOutPart: heldOutPart.optional(),
    split: z.string().min(1).optional(),
  }),
  z.object({ kind: z.literal("all") }),
]);
export type BenchmarkPart = z.infer<typeof benchmarkPart>;

/** Rows of a data set that a benchmark reads: the same ones, in the same order, whatever run it is of. */
export const benchmarkRows = z.object({
  dataSetId: z.string().min(1),
  mapping: columnMapping,
  /** Only rows of these domains; all when null. */
  domains: z.array(z.string()).min(1).nullable().default(null),
  part: benchmarkPart.default({ kind: "heldOut", validationRows: 128 }),
  /** Most rows; spread evenly over those there are. */
  count: z.int().min(2).max(20_000).default(256),
  /** Of a text, the tokens that are read; rows of other kinds are left out where they have more. */
  maxTokens: z.int().min(2).max(131_072).default(512),
  useChatTemplate: z.boolean().default(false),
});
export type BenchmarkRows = z.infer<typeof benchmarkRows>;

/** `POST /api/benchmarks` */
export const addBenchmarkRequest = z.object({
  name: z.string().trim().min(1).max(120),
  rows: benchmarkRows,
  task: benchmarkTask,
  /** General text that runs are not trained on: what an adapter adds to its loss is what the model forgets. */
  isGeneral: z.boolean().default(false),
});
export type AddBenchmarkRequest = z.output<typeof addBenchmarkRequest>;
export type AddBenchmarkInput = z.input<typeof addBenchmarkRequest>;

export const benchmarkSummary = z.object({
  id: z.string(),
  name: z.string(),
  isGeneral: z.boolean(),
  rows: benchmarkRows,
  task: benchmarkTask,
  dataName: z.string(),
  numRows: z.int(),
  /** SHA-256 of the rows' own columns, in order: results of other rows are never mixed. */
  rowsHash: z.string(),
  domains: z.array(z.string()),
  createdAt: z.string(),
});
export type BenchmarkSummary = z.infer<typeof benchmarkSummary>;
export const benchmarkList = z.object({ benchmarks: z.array(benchmarkSummary) });

/**
 * One number of a run beside its base model's, over the same rows. A base model has no head: beside classes and numbers stands the constant
 * answer instead.
 */
export const benchmarkMetric = z.object({
  name: benchmarkMetricName,
  adapter: z.number(),
  /** Null where it is not defined: a constant prediction has no correlation. */
  base: z.number().nullable(),
  /** The adapter's own 95 % interval by the bootstrap over rows, where there is no base to stand against. */
  interval: z.object({ low: z.number(), high: z.number() }).nullable(),
  /** Adapter minus base, and its 95 % interval paired over rows: Tango's where they are right or wrong, else the bootstrap's; no ends under 30 rows, null under two and without a base. */
  difference: z.object({ value: z.number(), low: z.number().nullable(), high: z.number().nullable() }).nullable(),
  /** Of McNemar's mid-p test, where rows are right or wrong. */
  pValue: z.number().nullable(),
  /** What the interval allows to say of the run. */
  verdict: z.object({ kind: z.enum(["better", "worse", "notDistinguishable", "equivalent", "notComparable"]), text: z.string() }),
});
export type BenchmarkMetric = z.infer<typeof benchmarkMetric>;

/** A run's numbers on a benchmark, computed from its items. */
export const benchmarkScore = z.object({
  /** The training step of the adapter that was measured. */
  step: z.int(),
  measuredAt: z.string(),
  /** Rows that were measured, and their label tokens; others are too long, or carry no label. */
  rows: z.int(),
  labelTokens: z.int(),
  /** Rows among them that the run trained on; null where that is not known. */
  trainedRows: z.int().nullable(),
  /** The one that the benchmark is read by comes first. */
  metrics: z.array(benchmarkMetric),
  /** The first metric of each domain. */
  byDomain: z.array(z.object({ domain: z.string(), rows: z.int(), metric: benchmarkMetric })),
});
export type BenchmarkScore = z.infer<typeof benchmarkScore>;

/** A run on a benchmark: its numbers, and the task that measures them, or did last. */
export const runBenchmark = z.object({
  benchmark: benchmarkSummary,
  score: benchmarkScore.nullable(),
  /** Whether the adapter has been trained on since. */
  isOutdated: z.boolean(),
  /** Why this run cannot be measured on it, and what to do; null where it can. */
  obstacle: z.string().nullable(),
  task: jobSummary.nullable(),
});
export type RunBenchmark = z.infer<typeof runBenchmark>;
/** `GET /api/runs/{run}/benchmarks` */
export const runBenchmarkList = z.object({ benchmarks: z.array(runBenchmark) });

/** `GET /api/benchmarks/{benchmark}`: every run that was measured, or is being. */
export const benchmarkDetail = z.object({
  benchmark: benchmarkSummary,
  results: z.array(runBenchmark.omit({ benchmark: true }).extend({ run: z.object({ id: z.string(), name: z.string() }) })),
});
export type BenchmarkDetail = z.infer<typeof benchmarkDetail>;

/** `POST /api/benchmarks/{benchmark}/results` */
export const measureRunsRequest = z.object({ runs: z.array(z.string().min(1)).min(1).max(64) });
/** `POST /api/runs/{run}/benchmarks` */
export const measureBenchmarksRequest = z.object({ benchmarks: z.array(z.string().min(1)).min(1).max(64) });
/** One task a run; what is measured already, or being measured, is not begun again. */
export const measureStarted = z.object({
  tasks: z.array(jobSummary),
  skipped: z.array(z.object({ runId: z.string(), benchmarkId: z.string(), reason: z.enum(["measured", "underway"]) })),
});
export type MeasureStarted = z.infer<typeof measureStarted>;

/**
 * What one model makes of a row: the right answer's summed loss in nats (of a number its squared error), what it answered, and whether that is
 * right. The probability of the right class is exp(−loss).
 */
export const itemReading = z.object({ lossSum: z.number(), answer: z.string().nullable(), isRight: z.boolean().nullable() });

export const benchmarkItem = z.object({
  /** Its number in the data. */
  row: z.int(),
  domain: z.string().nullable(),
  /** Beginning of its text or prompt, and of the right answer. */
  text: z.string(),
  reference: z.string().nullable(),
  labelTokens: z.int(),
  base: itemReading,
  adapter: itemReading,
  /** Mean loss, adapter minus base, nats per label token. */
  difference: z.number(),
});
export type BenchmarkItem = z.infer<typeof benchmarkItem>;

/** `GET /api/runs/{run}/benchmarks/{benchmark}` */
export const itemQuery = z.object({
  sort: z.enum(["difference", "row", "domain", "labelTokens", "base", "adapter"]).default("difference"),
  order: z.enum(["asc", "desc"]).default("asc"),
  /** Rows that are right with the adapter and wrong without (`gained`), the other way round (`lost`), or wrong with it. */
  show: z.enum(["all", "gained", "lost", "wrong"]).default("all"),
  offset: z.int().min(0).default(0),
  limit: z.int().min(1).max(500).default(50),
});
export type ItemQuery = z.output<typeof itemQuery>;
export const benchmarkItems = z.object({
  benchmark: benchmarkSummary,
  score: benchmarkScore,
  items: z.array(benchmarkItem),
  /** Of those that `show` lets through, and of each kind. */
  total: z.int(),
  counts: z.object({ all: z.int(), gained: z.int(), lost: z.int(), wrong: z.int() }),
});
export type BenchmarkItems = z.infer<typeof benchmarkItems>;
