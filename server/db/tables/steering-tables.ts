import { boolean, index, integer, jsonb, pgTable, text, unique } from "drizzle-orm/pg-core";
import type { Edit } from "@/lib/contract/edit";
import type { Generated, GenerateRequest } from "@/lib/contract/generate";
import type { KeptGeneration } from "@/lib/contract/steering";
import type { StudyRequest, StudyResult } from "@/lib/contract/study";
import { instant } from "./columns";
import { runs } from "./run-tables";

const runId = () =>
  text("run_id")
    .notNull()
    .references(() => runs.id, { onDelete: "cascade" });

/** Lists of edits that a person keeps under a name. */
export const savedEdits = pgTable(
  "saved_edits",
  {
    id: text("id").primaryKey(),
    runId: runId(),
    name: text("name").notNull(),
    note: text("note").notNull(),
    edits: jsonb("edits").$type<Edit[]>().notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
    updatedAt: instant("updated_at").notNull().defaultNow(),
  },
  (table) => [unique("saved_edits_name").on(table.runId, table.name)],
);

/** A run's history of generations; written once. */
export const generations = pgTable(
  "generations",
  {
    id: text("id").primaryKey(),
    runId: runId(),
    request: jsonb("request").$type<GenerateRequest>().notNull(),
    generated: jsonb("generated").$type<Generated>().notNull(),
    /** What a list shows, so that it reads no tokens. */
    prompt: text("prompt").notNull(),
    editsOn: integer("edits_on").notNull(),
    isForced: boolean("is_forced").notNull(),
    arms: jsonb("arms").$type<KeptGeneration["arms"]>().notNull(),
    /** What a search looks in: the whole prompt and the arms' whole texts. */
    searched: text("searched").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (table) => [index("generations_run").on(table.runId, table.createdAt)],
);

/** Measurements of edits; the task does the work, and is independent of the study's row. */
export const studies = pgTable(
  "studies",
  {
    id: text("id").primaryKey(),
    runId: runId(),
    kind: text("kind").$type<StudyRequest["kind"]>().notNull(),
    name: text("name").notNull(),
    request: jsonb("request").$type<StudyRequest>().notNull(),
    /** What is there of it; it grows while the task runs. */
    result: jsonb("result").$type<StudyResult>(),
    taskId: text("task_id").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (table) => [index("studies_run").on(table.runId, table.createdAt)],
);
