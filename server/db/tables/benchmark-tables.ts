import { sql } from "drizzle-orm";
import { boolean, index, integer, jsonb, pgTable, text, uniqueIndex } from "drizzle-orm/pg-core";
import type { BenchmarkRows } from "@/lib/contract/benchmark";
import type { BenchmarkTask } from "@/lib/contract/benchmark-task";
import type { FrozenForm } from "@/lib/contract/frozen-form";
import { bytea, instant } from "./columns";
import { runs } from "./run-tables";

/** Rows of data with their task; written once. */
export const benchmarks = pgTable(
  "benchmarks",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    isGeneral: boolean("is_general").notNull(),
    rows: jsonb("rows").$type<BenchmarkRows>().notNull(),
    task: jsonb("task").$type<BenchmarkTask>().notNull(),
    dataName: text("data_name").notNull(),
    numRows: integer("num_rows").notNull(),
    rowsHash: text("rows_hash").notNull(),
    /** int32 a row: its number in the data set. */
    rowNumbers: bytea("row_numbers").notNull(),
    domains: jsonb("domains").$type<string[]>().notNull(),
    /** int32 a row: its place among the domains, −1 for none. */
    domainOf: bytea("domain_of").notNull(),
    /** Of each row the beginning of its text, and of the right answer where there is one. */
    texts: jsonb("texts").$type<string[]>().notNull(),
    references: jsonb("right_answers").$type<string[]>(),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (table) => [index("benchmarks_created_at").on(table.createdAt)],
);

/** What one model makes of a benchmark: a run's adapter, or, where there is no run, a base model, whose result its runs share. Never changed. */
export const benchmarkResults = pgTable(
  "benchmark_results",
  {
    id: text("id").primaryKey(),
    benchmarkId: text("benchmark_id")
      .notNull()
      .references(() => benchmarks.id, { onDelete: "cascade" }),
    runId: text("run_id").references(() => runs.id, { onDelete: "cascade" }),
    modelId: text("model_id").notNull(),
    frozenDtype: text("frozen_dtype").$type<FrozenForm>().notNull(),
    /** Of the run's training; 0 for a base model. */
    step: integer("step").notNull(),
    /** Rows that the run trained on; null where that is not known. */
    trainedRows: integer("trained_rows"),
    /** float64 a row, nats; int32 a row, 0 where it is left out. */
    lossSums: bytea("loss_sums").notNull(),
    labelTokens: bytea("label_tokens").notNull(),
    /** A byte a row, 1 where right; null where nothing is answered. */
    right: bytea("is_right"),
    rightPerByte: bytea("is_right_per_byte"),
    answers: jsonb("answers").$type<(string | null)[]>(),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex("benchmark_results_run").on(table.benchmarkId, table.runId).where(sql`${table.runId} IS NOT NULL`),
    uniqueIndex("benchmark_results_base").on(table.benchmarkId, table.modelId, table.frozenDtype).where(sql`${table.runId} IS NULL`),
    index("benchmark_results_of_run").on(table.runId),
  ],
);
