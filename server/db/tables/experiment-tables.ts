import { doublePrecision, index, integer, jsonb, pgTable, primaryKey, text, unique } from "drizzle-orm/pg-core";
import type { ExperimentStage, ExperimentStatus, TrialStage } from "@/lib/contract/experiment";
import type { AdapterConfig } from "@/lib/contract/run-config";
import { instant } from "./columns";
import type { StoredChoice, StoredEstimate, StoredRequest } from "./stored-experiment";

/** A comparison of arms: the request, and its state. */
export const experiments = pgTable(
  "experiments",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    /** Written once, at the start, with the benchmarks that were made for it. */
    request: jsonb("request").$type<StoredRequest>().notNull(),
    estimate: jsonb("estimate").$type<StoredEstimate>().notNull(),
    modelName: text("model_name").notNull(),
    dataName: text("data_name").notNull(),
    status: text("status").$type<ExperimentStatus>().notNull().default("running"),
    stage: text("stage").$type<ExperimentStage>().notNull(),
    error: text("error"),
    choices: jsonb("choices").$type<StoredChoice[]>().notNull().default([]),
    createdAt: instant("created_at").notNull().defaultNow(),
    finishedAt: instant("finished_at"),
  },
  (table) => [index("experiments_created_at").on(table.createdAt)],
);

/** Settings that are tried once; the key makes it impossible to plan one twice. */
export const experimentTrials = pgTable(
  "experiment_trials",
  {
    experimentId: text("experiment_id")
      .notNull()
      .references(() => experiments.id, { onDelete: "cascade" }),
    stage: text("stage").$type<TrialStage>().notNull(),
    arm: integer("arm").notNull(),
    trial: integer("trial").notNull(),
    adapter: jsonb("adapter").$type<AdapterConfig>().notNull(),
    learningRate: doublePrecision("learning_rate").notNull(),
    seed: integer("seed").notNull(),
    /** Null until step times are known. */
    steps: integer("steps"),
    /** Set once, when the run is started, and kept when the run is removed, so that it is not started again. */
    runId: text("run_id"),
    /** The evaluation at which the median rule stopped it. */
    stoppedAtStep: integer("stopped_at_step"),
    /** The task that measures a final run on the benchmarks. */
    taskId: text("task_id"),
  },
  (table) => [
    primaryKey({ columns: [table.experimentId, table.stage, table.arm, table.trial] }),
    unique("experiment_trials_run").on(table.runId),
  ],
);
