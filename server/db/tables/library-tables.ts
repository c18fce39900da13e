import { bigint, boolean, integer, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import type { DataSetSummary } from "@/lib/contract/data-set";
import type { ModelSummary } from "@/lib/contract/model";
import { instant } from "./columns";

/** Base models whose files are complete. */
export const models = pgTable("models", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  architecture: text("architecture").notNull(),
  format: text("format").$type<ModelSummary["format"]>().notNull(),
  path: text("path").notNull(),
  revision: text("revision").notNull(),
  parameters: bigint("parameters", { mode: "number" }).notNull(),
  sizeBytes: bigint("size_bytes", { mode: "number" }).notNull(),
  numLayers: integer("num_layers").notNull(),
  dModel: integer("d_model").notNull(),
  /** Null of models that were added before it was noted. */
  heads: integer("heads"),
  vocab: integer("vocab").notNull(),
  contextLength: integer("context_length").notNull(),
  hasChatTemplate: boolean("has_chat_template").notNull(),
  projections: jsonb("projections").$type<ModelSummary["projections"]>().notNull(),
  defaultTargets: jsonb("default_targets").$type<string[]>().notNull(),
  /** Null of models that read texts. */
  images: jsonb("images").$type<ModelSummary["images"]>(),
  createdAt: instant("created_at").notNull().defaultNow(),
});

export const dataSets = pgTable("data_sets", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  path: text("path").notNull(),
  format: text("format").notNull(),
  rows: integer("rows").notNull(),
  sizeBytes: bigint("size_bytes", { mode: "number" }).notNull(),
  columns: jsonb("columns").$type<DataSetSummary["columns"]>().notNull(),
  mapping: jsonb("mapping").$type<DataSetSummary["mapping"]>(),
  domains: jsonb("domains").$type<DataSetSummary["domains"]>().notNull(),
  splits: jsonb("splits").$type<DataSetSummary["splits"]>().notNull(),
  licence: text("licence"),
  createdAt: instant("created_at").notNull().defaultNow(),
});
