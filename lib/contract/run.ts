import { z } from "zod";
import { editList } from "@/lib/contract/edit";
import { importedRecord } from "@/lib/contract/import-run";
import { positionKindName } from "@/lib/contract/positions/positions";
import { runConfig, runMethod, storedRunConfig } from "@/lib/contract/run-config";
import { databaseSnapshot } from "@/lib/contract/snapshot";

export const runStatus = z.enum(["queued", "running", "stopping", "finished", "stopped", "cancelled", "failed"]);
export type RunStatus = z.infer<typeof runStatus>;

/** Whether a run has its final adapter: one that was stopped keeps what it had learned. */
export function hasAdapter({ status }: { readonly status: RunStatus }): boolean {
  return status === "finished" || status === "stopped";
}

/** One optimizer step. What a trainer elsewhere did not log of it is null. */
export const stepMetrics = z.object({
  step: z.int(),
  /** Token-weighted mean cross-entropy of the step, nats. */
  loss: z.number(),
  /** Global norm before clipping. */
  gradNorm: z.number().nullable(),
  learningRate: z.number().nullable(),
  /** Tokens (padding left out) since the start. */
  tokens: z.int().nullable(),
  labelTokens: z.int().nullable(),
  /** Training time since the start, evaluations and checkpoints left out. */
  seconds: z.number().nullable(),
});
export type StepMetrics = z.infer<typeof stepMetrics>;

/** The most points that a curve has; ours. */
export const mostCurvePoints = 2000;

/**
 * A point of a training's curve: one step, or several neighbouring ones. Of several, `loss` and `gradNorm` are means with the lowest and the
 * highest beside them, all else is the last step's.
 */
export const curvePoint = stepMetrics.extend({
  steps: z.int(),
  lossLow: z.number(),
  lossHigh: z.number(),
  gradNormLow: z.number().nullable(),
  gradNormHigh: z.number().nullable(),
});
export type CurvePoint = z.infer<typeof curvePoint>;

/** A training's curve, thinned to at most 2,000 points: a point holds the steps whose `step / stepsAPoint`, rounded up, is the same. */
export const runCurve = z.object({ stepsAPoint: z.int(), metrics: z.array(curvePoint) });
export type RunCurve = z.infer<typeof runCurve>;

/** A metric of a classification's or a regression's predictions over held-out rows. */
export const answerMetric = z.object({
  name: z.enum(["accuracy", "f1", "macroF1", "matthews", "pearson", "spearman"]),
  /** Null where it is not defined: a correlation of predictions that are all equal. */
  value: z.number().nullable(),
  /** Its 95 % interval, of an accuracy Wilson's, else by the bootstrap over rows; null where there is none. */
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** The same metric of an answer that does not look at the text: the commonest class, or the mean, of the training rows. */
  constant: z.number().nullable(),
});
export type AnswerMetric = z.infer<typeof answerMetric>;

export const evaluationMetrics = z.object({
  step: z.int(),
  /** Held-out cross-entropy, nats per label token or row; of a regression the mean squared error. */
  loss: z.number(),
  /**
   * The same rows with the adapter off. Where there are `answers`, of an answer that does not look at the text: each class as probable as
   * its share of the training rows, or their mean, since a base model has no trained head.
   */
  baseLoss: z.number(),
  rows: z.int(),
  labelTokens: z.int(),
  /** Mean over rows of loss − base loss and the half width of its paired 95 % interval; null under 30 rows. */
  difference: z.number(),
  differenceHalfWidth: z.number().nullable(),
  byDomain: z.array(z.object({ domain: z.string(), loss: z.number(), baseLoss: z.number(), labelTokens: z.int() })),
  /** Of a classification or a regression; of a language model absent or null. */
  answers: z.array(answerMetric).nullish(),
});
export type EvaluationMetrics = z.infer<typeof evaluationMetrics>;

/** Which latents live, over a window of training tokens; STAN alone. */
export const healthMetrics = z.object({
  step: z.int(),
  windowTokens: z.int(),
  numLatents: z.int(),
  alive: z.int(),
  births: z.int(),
  deaths: z.int(),
  /** Latents by density: counts in bins a half decade wide from 10^-6 to 10^0; the first holds density 0. */
  densityHistogram: z.array(z.int()),
});
export type HealthMetrics = z.infer<typeof healthMetrics>;

export const runCost = z.object({
  trainableParameters: z.int(),
  activeParameters: z.int(),
  baseParameters: z.int(),
  /** Forward, base model and adapter, without attention over earlier tokens. */
  flopsPerToken: z.number(),
  adapterBytes: z.int(),
  /** Trained numbers of a classification's or a regression's head, which the adapter's do not count. */
  headParameters: z.int().optional(),
  /** What follows is measured; null until it is. */
  medianStepMs: z.number().nullable(),
  tokensPerSecond: z.number().nullable(),
  /**
   * Tensors that the training held at most: frozen and trained weights, optimizer state, activations, gradients. Older versions counted a view as a copy. Of runs without
   * `besideShare`, recorded by older versions, the memory of the worker's whole process.
   */
  peakMemoryBytes: z.int().nullable(),
  /** Device time that other work of the worker took meanwhile, as a share of the training's own; absent where it was not recorded. */
  besideShare: z.number().optional(),
});
export type RunCost = z.infer<typeof runCost>;

/** Our choice: up to this share of others' device time, a run counts as measured by itself. */
const mostBeside = 0.01;

/** Whether a run's time and memory may be compared with another's: nothing else used the device meanwhile, and it was recorded so. */
export function isMeasuredAlone({ besideShare }: RunCost): boolean {
  return besideShare !== undefined && besideShare <= mostBeside;
}

/** `id` ascends in the order in which the lines were written. */
export const runLogLine = z.object({
  id: z.int(),
  at: z.string(),
  step: z.int(),
  level: z.enum(["info", "warning", "error"]),
  message: z.string(),
});
export type RunLogLine = z.infer<typeof runLogLine>;

export const runOfExperiment = z.object({
  id: z.string(),
  arm: z.int(),
  stage: z.enum(["probe", "sweep", "final"]),
  trial: z.int(),
});
export type RunOfExperiment = z.infer<typeof runOfExperiment>;

export const runSummary = z.object({
  id: z.string(),
  name: z.string(),
  method: runMethod,
  modelId: z.string().nullable(),
  modelName: z.string(),
  dataName: z.string(),
  /** Null where it is not known: of a run that was trained elsewhere. */
  seed: z.int().nullable(),
  status: runStatus,
  /** What went wrong, at which step, and what still holds. */
  error: z.string().nullable(),
  step: z.int(),
  steps: z.int(),
  secondsLeft: z.number().nullable(),
  /** True when `resume` can continue the run from a checkpoint, or from its start where it failed before the first one. */
  isResumable: z.boolean(),
  latestEvaluation: evaluationMetrics.nullable(),
  cost: runCost.nullable(),
  collection: z
    .object({
      id: z.string(),
      status: z.enum(["queued", "running", "finished", "failed", "cancelled"]),
      positionKind: positionKindName,
      tokens: z.int(),
      maxTokens: z.int(),
    })
    .nullable(),
  /** The run whose adapter this one was written from, edits baked in; null for a trained one, and where that run is gone. */
  derivedFrom: z.object({ id: z.string(), name: z.string() }).nullable(),
  /** Whether it was trained elsewhere. */
  isImported: z.boolean(),
  /** Whether it is the sample that ships with Stanscope: trained, collected and measured on another machine. */
  isSample: z.boolean(),
  /** The experiment that started it, and as what: place of its arm, and of the trial in its stage. */
  experiment: runOfExperiment.nullable(),
  /** Runs of one experiment or demonstration share it. */
  group: z.string().nullable(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
});
export type RunSummary = z.infer<typeof runSummary>;

/** A run with how it was made; without its curve and log, so that every page about the run can read it. */
export const runRecord = z.object({
  run: runSummary,
  config: storedRunConfig,
  /** What is known of its training elsewhere; null for a run of our own. */
  imported: importedRecord.nullable(),
  /** What was baked into the parent's adapter; null for a trained run. */
  bakedEdits: editList.nullable(),
  /** Exact sources: model hash or revision, data hash, engine, device, versions. */
  provenance: z.record(z.string(), z.string()),
  /** The newest optimizer step; null before the first. */
  newestStep: stepMetrics.nullable(),
  snapshot: databaseSnapshot,
});
export type RunRecord = z.infer<typeof runRecord>;

/** A run with all that was measured in its training. */
export const runDetail = runRecord.omit({ newestStep: true }).extend({
  ...runCurve.shape,
  evaluations: z.array(evaluationMetrics),
  health: z.array(healthMetrics),
  /** The newest lines, at most 200, oldest first; `GET /api/runs/{run}/log` has those before. */
  log: z.array(runLogLine),
});
export type RunDetail = z.infer<typeof runDetail>;

/** Lines of a run's log, oldest first. */
export const runLogPage = z.object({ lines: z.array(runLogLine) });
export const logPageLines = 200;

export const startRunRequest = z.object({
  name: z.string().min(1).max(120).optional(),
  group: z.string().max(120).optional(),
  config: runConfig,
  /** Start it although its plan exceeds the machine's memory. */
  startAnyway: z.boolean().optional(),
});

/** Several runs, of which all start or none. */
export const startRunsRequest = z.object({ runs: z.array(z.object(startRunRequest.shape)).min(1).max(16) });
export const startedRuns = z.object({ runs: z.array(runSummary) });

/** A longer piece of work that is not a run: fetching a model, importing data, the demonstration's set-up. */
export const jobSummary = z.object({
  id: z.string(),
  kind: z.enum([
    "fetchModel",
    "addModel",
    "addDataSet",
    "demonstration",
    "collection",
    "measureEffects",
    "importDictionary",
    "study",
    "benchmark",
    "bake",
    "detect",
  ]),
  title: z.string(),
  status: z.enum(["queued", "running", "finished", "failed", "cancelled"]),
  done: z.number(),
  total: z.number().nullable(),
  unit: z.enum(["bytes", "rows", "tokens", "steps", "latents", "settings", "modules", "passes"]),
  message: z.string(),
  error: z.string().nullable(),
  createdAt: z.string(),
});
export type JobSummary = z.infer<typeof jobSummary>;

/** Whether a job waits for a worker or runs. */
export function isOpenJob({ status }: Pick<JobSummary, "status">): boolean {
  return status === "queued" || status === "running";
}
