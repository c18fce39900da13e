import { bigint, doublePrecision, index, integer, jsonb, pgTable, primaryKey, smallint, text } from "drizzle-orm/pg-core";
import type { AblationOperation, LatentEffect } from "@/lib/contract/effect";
import type { DetectionScore, LabelSource } from "@/lib/contract/label";
import { collections } from "./collection-tables";
import { instant } from "./columns";

/** Labels and notes of an adapter's latents (`subject_id` a run) or of a dictionary's (a collection); all collections of a run show them. */
export const labels = pgTable(
  "labels",
  {
    subjectId: text("subject_id").notNull(),
    module: text("module").notNull(),
    index: integer("index").notNull(),
    /** Both empty where the label was removed: readers that keep labels in memory learn of it by the row's revision. */
    text: text("text").notNull(),
    note: text("note").notNull(),
    source: text("source").$type<LabelSource>().notNull(),
    score: jsonb("score").$type<DetectionScore>(),
    /** Of the subject, at the row's latest change (see `revisions`). */
    revision: bigint("revision", { mode: "number" }).notNull(),
    updatedAt: instant("updated_at").notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.subjectId, table.module, table.index] }),
    index("labels_revision").on(table.subjectId, table.revision),
  ],
);

/** Measured effects of some latents; they come after the collection, and again when they are measured again. */
export const effects = pgTable(
  "effects",
  {
    collectionId: text("collection_id")
      .notNull()
      .references(() => collections.id, { onDelete: "cascade" }),
    module: smallint("module").notNull(),
    index: integer("index").notNull(),
    operation: text("operation").$type<AblationOperation>().notNull(),
    effect: jsonb("effect").$type<LatentEffect>().notNull(),
    /** What the table of latents shows and sorts by, out of `effect`. */
    perFiring: doublePrecision("per_firing").notNull(),
    halfWidth: doublePrecision("half_width"),
    controlPerFiring: doublePrecision("control_per_firing"),
    controlHalfWidth: doublePrecision("control_half_width"),
    revision: bigint("revision", { mode: "number" }).notNull(),
    updatedAt: instant("updated_at").notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.collectionId, table.module, table.index, table.operation] }),
    index("effects_revision").on(table.collectionId, table.revision),
  ],
);

/**
 * Counts the changes of what belongs to one key (`labels <subject>`, `effects <collection>`). A writer raises it in its transaction, so changes of one
 * key are committed in the order of their revisions, and a reader asks for those after the one it knows.
 */
export const revisions = pgTable("revisions", {
  key: text("key").primaryKey(),
  revision: bigint("revision", { mode: "number" }).notNull(),
});

/** What a person set for the whole application. */
export const settings = pgTable("settings", { key: text("key").primaryKey(), value: jsonb("value").$type<unknown>().notNull() });
