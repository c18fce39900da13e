import { index, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import type { DetectedConcept, StartDetectionRequest } from "@/lib/contract/detection";
import type { ConceptProbes } from "@/lib/contract/probing";
import { instant } from "./columns";
import { runs } from "./run-tables";

/** How well a run's latents detect concepts; the task does the work. */
export const detections = pgTable(
  "detections",
  {
    id: text("id").primaryKey(),
    runId: text("run_id")
      .notNull()
      .references(() => runs.id, { onDelete: "cascade" }),
    /** The dataset's, which may be removed meanwhile. */
    dataName: text("data_name").notNull(),
    request: jsonb("request").$type<StartDetectionRequest>().notNull(),
    /** Written once, at the end. */
    concepts: jsonb("concepts").$type<DetectedConcept[]>(),
    /** Of each of them, where probes were asked for. */
    probes: jsonb("probes").$type<ConceptProbes[]>(),
    taskId: text("task_id").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (table) => [index("detections_run").on(table.runId, table.createdAt)],
);
