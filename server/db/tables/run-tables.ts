import {
  type AnyPgColumn,
  bigint,
  bigserial,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
} from "drizzle-orm/pg-core";
import type { Edit } from "@/lib/contract/edit";
import type { ImportedRecord } from "@/lib/contract/import-run";
import type { EvaluationMetrics, RunCost, RunLogLine, RunOfExperiment, RunStatus } from "@/lib/contract/run";
import type { RunMethod, StoredRunConfig } from "@/lib/contract/run-config";
import { bytea, instant } from "./columns";

/** What a person asked of a run that a worker holds; the worker answers by a status. */
export type RunRequest = "stop" | "cancel";

export const runs = pgTable(
  "runs",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    group: text("group"),
    method: text("method").$type<RunMethod>().notNull(),
    modelId: text("model_id"),
    modelName: text("model_name").notNull(),
    dataSetId: text("data_set_id"),
    dataName: text("data_name").notNull(),
    seed: integer("seed"),
    /** Written once, at the start; no query changes it. */
    config: jsonb("config").$type<StoredRunConfig>().notNull(),
    status: text("status").$type<RunStatus>().notNull().default("queued"),
    request: text("request").$type<RunRequest>(),
    error: text("error"),
    step: integer("step").notNull().default(0),
    steps: integer("steps").notNull(),
    secondsLeft: doublePrecision("seconds_left"),
    checkpointStep: integer("checkpoint_step"),
    latestEvaluation: jsonb("latest_evaluation").$type<EvaluationMetrics>(),
    cost: jsonb("cost").$type<RunCost>(),
    /** The run whose adapter this one was written from; null for a trained one, and where that run is gone. */
    derivedFrom: text("derived_from").references((): AnyPgColumn => runs.id, { onDelete: "set null" }),
    /** What was baked into the parent's adapter; null for a trained run. */
    bakedEdits: jsonb("baked_edits").$type<Edit[]>(),
    /** What is known of its training elsewhere; null for a run of our own. */
    imported: jsonb("imported").$type<ImportedRecord>(),
    /** The experiment that started it, and as what; the experiment's own row may be gone. */
    experiment: jsonb("experiment").$type<RunOfExperiment>(),
    /** Version of the shipped sample that it was opened from; null for all other runs. */
    sample: text("sample"),
    provenance: jsonb("provenance").$type<Record<string, string>>().notNull().default({}),
    createdAt: instant("created_at").notNull().defaultNow(),
    startedAt: instant("started_at"),
    finishedAt: instant("finished_at"),
  },
  (table) => [index("runs_created_at").on(table.createdAt), index("runs_group").on(table.group)],
);

const runId = () =>
  text("run_id")
    .notNull()
    .references(() => runs.id, { onDelete: "cascade" });

export const runMetrics = pgTable(
  "run_metrics",
  {
    runId: runId(),
    step: integer("step").notNull(),
    loss: doublePrecision("loss").notNull(),
    gradNorm: doublePrecision("grad_norm"),
    learningRate: doublePrecision("learning_rate"),
    tokens: bigint("tokens", { mode: "number" }),
    labelTokens: bigint("label_tokens", { mode: "number" }),
    seconds: doublePrecision("seconds"),
  },
  (table) => [primaryKey({ columns: [table.runId, table.step] })],
);

export const runEvaluations = pgTable(
  "run_evaluations",
  {
    runId: runId(),
    step: integer("step").notNull(),
    loss: doublePrecision("loss").notNull(),
    baseLoss: doublePrecision("base_loss").notNull(),
    rows: integer("rows").notNull(),
    labelTokens: bigint("label_tokens", { mode: "number" }).notNull(),
    difference: doublePrecision("difference").notNull(),
    differenceHalfWidth: doublePrecision("difference_half_width"),
    byDomain: jsonb("by_domain").$type<EvaluationMetrics["byDomain"]>().notNull(),
    answers: jsonb("answers").$type<EvaluationMetrics["answers"]>(),
    /** float64 and int32 per row: its loss sum and label tokens; null in evaluations of versions that did not keep them. */
    rowLossSums: bytea("row_loss_sums"),
    rowLabelTokens: bytea("row_label_tokens"),
    /** float64 per row of a classification or regression: the predicted class (its number) or value, and the target; null as above. */
    rowPredictions: bytea("row_predictions"),
    rowTargets: bytea("row_targets"),
  },
  (table) => [primaryKey({ columns: [table.runId, table.step] })],
);

export const runHealth = pgTable(
  "run_health",
  {
    runId: runId(),
    step: integer("step").notNull(),
    windowTokens: bigint("window_tokens", { mode: "number" }).notNull(),
    numLatents: integer("num_latents").notNull(),
    alive: integer("alive").notNull(),
    births: integer("births").notNull(),
    deaths: integer("deaths").notNull(),
    densityHistogram: integer("density_histogram").array().notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.step] })],
);

export const runLog = pgTable(
  "run_log",
  {
    id: bigserial("id", { mode: "number" }).primaryKey(),
    runId: runId(),
    at: instant("at").notNull().defaultNow(),
    step: integer("step").notNull(),
    level: text("level").$type<RunLogLine["level"]>().notNull(),
    message: text("message").notNull(),
  },
  (table) => [index("run_log_run").on(table.runId, table.id)],
);

/** Training checkpoints whose files are complete on disk; the folder is a key of the artefact store. */
export const checkpoints = pgTable(
  "checkpoints",
  {
    runId: runId(),
    step: integer("step").notNull(),
    folder: text("folder").notNull(),
    sizeBytes: bigint("size_bytes", { mode: "number" }).notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.step] })],
);
