import { z } from "zod";
import { frozenForm } from "@/lib/contract/frozen-form";
import { answerMetric, jobSummary, runStatus } from "@/lib/contract/run";
import { adapterConfig, collectionSettings, trainingData, trainingSettings } from "@/lib/contract/run-config";
import { runTask } from "@/lib/contract/tasks/tasks";

/** What is tried of the learning rate: these values; or a range, of which a grid takes `count` points evenly spaced in the logarithm, and a random search draws from all of it, even in the logarithm. */
export const learningRates = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("list"), values: z.array(z.number().positive()).min(1).max(32) }),
  z
    .object({ kind: z.literal("range"), low: z.number().positive(), high: z.number().positive(), count: z.int().min(2).max(32).default(5) })
    .refine(({ low, high }) => low < high, { error: "low must be below high", path: ["high"] }),
]);

/** One side of a comparison: what is tried of it. */
export const experimentArm = z.object({
  name: z.string().trim().min(1).max(40),
  /** Whole settings of the adapter: sizes, k, targets, selection and all else. */
  adapters: z.array(adapterConfig).min(1).max(32),
  learningRates,
});
export type ExperimentArm = z.infer<typeof experimentArm>;

/** What the arms have in common beside the number of trials. */
export const matchMode = z.enum(["parameters", "activeParameters", "flops", "wallClock", "budget"]);
export type MatchMode = z.infer<typeof matchMode>;

export const experimentSearch = z.discriminatedUnion("kind", [
  /** Every adapter with every learning rate. */
  z.object({ kind: z.literal("grid") }),
  z.object({ kind: z.literal("random"), trials: z.int().min(1).max(100), seed: z.int32().min(0).default(0) }),
]);

/** Median stopping rule (Golovin et al. 2017), for all arms alike. */
export const earlyStopping = z.object({
  /** No trial is stopped at an evaluation before this step. */
  firstStep: z.int().min(1),
  /** Nor before so many of its arm have ended. */
  afterTrials: z.int().min(1).default(2),
});

const [dataSetRows] = trainingData.options;

/** Seeds of runs, each once. */
const seeds = z.array(z.int32().min(0)).refine((list) => new Set(list).size === list.length, { error: "a seed is listed twice" });

/** What every arm is trained on in turn: sets of domains, each once, whatever the order of its names. */
const domainSets = z
  .array(z.array(z.string().min(1)).min(1).max(64))
  .min(2)
  .max(16)
  .refine((sets) => new Set(sets.map((names) => JSON.stringify([...new Set(names)].sort()))).size === sets.length, {
    error: "a set of domains is listed twice",
  });

/** `POST /api/experiments` */
export const experimentRequest = z.object({
  name: z.string().trim().min(1).max(80),
  model: z.string().min(1),
  frozenDtype: frozenForm.default("float32"),
  /** Absent, it is a language model. */
  task: runTask.optional(),
  data: dataSetRows.omit({ heldOutPart: true, heldOutOf: true, evaluatedDomains: true }).extend({ dataSetId: z.string().min(1) }),
  /**
   * Every arm is trained on each of these sets of domains; its setting is chosen for each by held-out rows of the same domains, and results are
   * reported on all of the data's. Null trains on all of the data's domains together.
   */
  domainSets: domainSets.nullable().default(null),
  training: trainingSettings.omit({ learningRate: true, seed: true }),
  arms: z
    .array(experimentArm)
    .min(2)
    .max(6)
    .refine((arms) => new Set(arms.map(({ name }) => name)).size === arms.length, { error: "two arms have the same name" }),
  search: experimentSearch.default({ kind: "grid" }),
  /** Every setting is tried with each; it is chosen by its mean over them. */
  sweepSeeds: seeds.min(1).max(8).default([0]),
  /** The best setting of each arm is trained once with each. */
  finalSeeds: seeds.min(1).max(20).default([1, 2, 3]),
  match: matchMode.default("parameters"),
  /** Null lets every trial run to its end. */
  earlyStopping: earlyStopping.nullable().default(null),
  /** Benchmarks that the final runs are measured on. */
  benchmarks: z.array(z.string().min(1)).max(32).default([]),
  /** Whether the rows that results are reported on become a benchmark too: losses row by row, paired between runs. */
  measuresReportRows: z.boolean().default(true),
  /** A statistics pass after each final run. */
  collection: collectionSettings.nullable().default(null),
});
export type ExperimentRequest = z.output<typeof experimentRequest>;
export type ExperimentInput = z.input<typeof experimentRequest>;

/** `probe` measures step times, where wall-clock is matched; `measure` waits for benchmarks. */
export const experimentStage = z.enum(["probe", "sweep", "final", "measure"]);
export type ExperimentStage = z.infer<typeof experimentStage>;
export const experimentStatus = z.enum(["running", "finished", "failed", "cancelled"]);
export type ExperimentStatus = z.infer<typeof experimentStatus>;

/** Stages that consist of runs. */
export const trialStage = z.enum(["probe", "sweep", "final"]);
export type TrialStage = z.infer<typeof trialStage>;

export const experimentTrial = z.object({
  stage: trialStage,
  /** Place among the arms, and among the trials of the arm in this stage. */
  arm: z.int(),
  trial: z.int(),
  /** Place among the settings that the arm tries, and among the sets of domains; null without such sets. */
  setting: z.int(),
  domainSet: z.int().nullable(),
  adapter: adapterConfig,
  learningRate: z.number(),
  seed: z.int(),
  /** Null until step times are known. */
  steps: z.int().nullable(),
  /** `waiting` before it has a run; `stoppedEarly` by the median rule; `removed` where its run is gone. */
  status: z.union([runStatus, z.enum(["waiting", "stoppedEarly", "removed"])]),
  run: z.object({ id: z.string(), name: z.string() }).nullable(),
  step: z.int(),
  error: z.string().nullable(),
  /** At its last evaluation, on selection rows in the sweep and on report rows in finals; what stands there is as a run's evaluation has it. */
  evaluation: z
    .object({
      step: z.int(),
      loss: z.number(),
      baseLoss: z.number(),
      difference: z.number(),
      differenceHalfWidth: z.number().nullable(),
      /** The first metric of a classification's or a regression's answers; null of a language model. */
      answer: answerMetric.nullable(),
    })
    .nullable(),
  trainableParameters: z.int().nullable(),
  medianStepMs: z.number().nullable(),
  secondsLeft: z.number().nullable(),
});
export type ExperimentTrial = z.infer<typeof experimentTrial>;
export type TrialStatus = ExperimentTrial["status"];

/** Why an arm's final runs have the setting that they have. */
export const experimentChoice = z.object({
  arm: z.int(),
  /** The domains that it is trained on and was chosen for; null without sets of them. */
  domainSet: z.int().nullable(),
  /** The sweep's first trial with this setting. */
  trial: z.int(),
  /** Mean over the seeds, and of each. */
  loss: z.number(),
  bySeed: z.array(z.number()),
  /** The next best setting's; null where there is none. */
  runnerUp: z.object({ trial: z.int(), loss: z.number() }).nullable(),
  /** Trials, of all settings and seeds. */
  tried: z.int(),
  failed: z.int(),
  stoppedEarly: z.int(),
  /** Whether its learning rate is the lowest or the highest that was tried: the best may lie beyond. */
  isAtEdge: z.enum(["lowest", "highest"]).nullable(),
});
export type ExperimentChoice = z.infer<typeof experimentChoice>;

/** Costs of an experiment before it starts, for the whole and for each arm. */
export const experimentEstimate = z.object({
  runs: z.int(),
  steps: z.int(),
  /** Padding left out: of what like runs read; without any, told by the characters of rows. */
  tokens: z.int(),
  /** Of one worker, early stopping left out; null where nothing was measured to tell it by. */
  seconds: z.number().nullable(),
  /** Where the speed comes from. */
  speed: z.enum(["likeRuns", "otherRuns", "products", "unknown"]),
  /** Named runs that it was measured on. */
  measuredOn: z.array(z.object({ id: z.string(), name: z.string() })),
  diskBytes: z.int(),
  /** Rows that the sweep chooses by, and rows that results are reported on. */
  selectionRows: z.int(),
  reportRows: z.int(),
  /** Of each set of domains the rows to train on and those that choose for it; empty without such sets. */
  domainSets: z.array(z.object({ domains: z.array(z.string()), trainRows: z.int(), selectionRows: z.int() })),
  arms: z.array(
    z.object({
      name: z.string(),
      trials: z.int(),
      steps: z.int(),
      seconds: z.number().nullable(),
      /** Of its trainings and their evaluations alone, statistics passes left out. */
      runSeconds: z.number().nullable(),
      /** Least and most over what is tried. */
      trainableParameters: z.tuple([z.int(), z.int()]).nullable(),
      activeParameters: z.tuple([z.int(), z.int()]).nullable(),
      /** Of the adapter alone: what the base model takes is the same for all. */
      flopsPerToken: z.tuple([z.number(), z.number()]).nullable(),
    }),
  ),
});
export type ExperimentEstimate = z.infer<typeof experimentEstimate>;

export const experimentSummary = z.object({
  id: z.string(),
  name: z.string(),
  status: experimentStatus,
  stage: experimentStage,
  error: z.string().nullable(),
  modelName: z.string(),
  dataName: z.string(),
  arms: z.array(z.string()),
  /** Runs that have ended, of those that are known to come. */
  done: z.int(),
  total: z.int(),
  createdAt: z.string(),
  finishedAt: z.string().nullable(),
});
export type ExperimentSummary = z.infer<typeof experimentSummary>;
export const experimentList = z.object({ experiments: z.array(experimentSummary) });

/** `GET /api/experiments/{experiment}` */
export const experimentDetail = z.object({
  experiment: experimentSummary,
  request: experimentRequest,
  estimate: experimentEstimate,
  trials: z.array(experimentTrial),
  choices: z.array(experimentChoice),
  /** Benchmarks that final runs are measured on, and the tasks that do it. */
  benchmarks: z.array(z.object({ id: z.string(), name: z.string() })),
  tasks: z.array(jobSummary),
  spent: z.object({
    steps: z.int(),
    tokens: z.int(),
    /** From the start of each run to its end, added up. */
    seconds: z.number(),
    /** Steps that early stopping left out. */
    savedSteps: z.int(),
  }),
  /** What is still to come, early stopping left out; by the speed of this experiment's own runs, as soon as some have ended. */
  ahead: z.object({
    runs: z.int(),
    steps: z.int(),
    /** Of one worker; null where nothing tells it. */
    seconds: z.number().nullable(),
    /** Runs that it was told by; 0 where it rests on the estimate alone. */
    measuredRuns: z.int(),
    /** Time that those took over what was estimated for them; null where it was not estimated, or nothing ran. */
    overEstimate: z.number().nullable(),
  }),
});
export type ExperimentDetail = z.infer<typeof experimentDetail>;
