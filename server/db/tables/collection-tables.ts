import { bigint, doublePrecision, index, integer, jsonb, pgTable, primaryKey, smallint, text } from "drizzle-orm/pg-core";
import type { CollectionSummary, LatentRow } from "@/lib/contract/latent";
import type { CollectionSettings } from "@/lib/contract/run-config";
import { bytea, instant } from "./columns";
import { runs } from "./run-tables";

/** A statistics pass; `modules` fixes the numbers by which its latents name their module. */
export const collections = pgTable(
  "collections",
  {
    id: text("id").primaryKey(),
    runId: text("run_id")
      .notNull()
      .references(() => runs.id, { onDelete: "cascade" }),
    name: text("name").notNull(),
    settings: jsonb("settings").$type<CollectionSettings>().notNull(),
    status: text("status").$type<CollectionSummary["status"]>().notNull().default("queued"),
    error: text("error"),
    step: integer("step").notNull(),
    tokens: bigint("tokens", { mode: "number" }).notNull().default(0),
    maxTokens: bigint("max_tokens", { mode: "number" }).notNull(),
    contexts: integer("contexts").notNull().default(0),
    domains: jsonb("domains").$type<CollectionSummary["domains"]>().notNull().default([]),
    modules: jsonb("modules").$type<CollectionSummary["modules"]>().notNull().default([]),
    /** Latents kept a token and module: k of STAN, the rank of LoRA. */
    k: integer("k").notNull().default(0),
    numLatents: integer("num_latents").notNull().default(0),
    seconds: doublePrecision("seconds"),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (table) => [index("collections_run").on(table.runId, table.createdAt)],
);

/*
 * The four tables below are list-partitioned by collection (the migration says so): a collection's rows are copied into tables of its own, indexed
 * there, then attached, and leave as whole tables.
 */

/** What the table of latents sorts and filters by; narrow, so that a scan of all of a collection's rows stays within tens of milliseconds. */
export const latents = pgTable(
  "latents",
  {
    collectionId: text("collection_id").notNull(),
    /** Place in the collection's `modules`. */
    module: smallint("module").notNull(),
    index: integer("index").notNull(),
    fireCount: integer("fire_count").notNull(),
    meanActivation: doublePrecision("mean_activation"),
    maxActivation: doublePrecision("max_activation"),
    minActivation: doublePrecision("min_activation"),
    selectivity: doublePrecision("selectivity"),
    /** Place in the collection's `domains`. */
    topDomain: smallint("top_domain"),
    /** Numbers of the top tokens' texts in `collection_tokens`. */
    tokenHashes: integer("token_hashes").array().notNull(),
  },
  (table) => [primaryKey({ columns: [table.collectionId, table.module, table.index] })],
);

/** What a latent's own row and page show beside. */
export const latentDetails = pgTable(
  "latent_details",
  {
    collectionId: text("collection_id").notNull(),
    module: smallint("module").notNull(),
    index: integer("index").notNull(),
    domainCounts: integer("domain_counts").array().notNull(),
    topTokens: jsonb("top_tokens").$type<LatentRow["topTokens"]>().notNull(),
    /** 64 uint32 counts of positive activations, then 64 of negative ones. */
    histogram: bytea("histogram").notNull(),
  },
  (table) => [primaryKey({ columns: [table.collectionId, table.module, table.index] })],
);

/** A row of the corpus as the model read it, stored once however many examples lie in it. */
export const contexts = pgTable(
  "contexts",
  {
    collectionId: text("collection_id").notNull(),
    context: integer("context").notNull(),
    /** Row of the corpus. */
    row: integer("row").notNull(),
    domain: smallint("domain"),
    tokenIds: integer("token_ids").array().notNull(),
    /** One text a token: what a person reads. */
    texts: text("texts").array().notNull(),
  },
  (table) => [primaryKey({ columns: [table.collectionId, table.context] })],
);

/** A latent's examples, strongest first, packed (see pack-examples.ts). */
export const examples = pgTable(
  "examples",
  {
    collectionId: text("collection_id").notNull(),
    module: smallint("module").notNull(),
    index: integer("index").notNull(),
    packed: bytea("packed").notNull(),
  },
  (table) => [primaryKey({ columns: [table.collectionId, table.module, table.index] })],
);

/** Top tokens of a collection with their latents: the index by which latents are searched for a token's text. */
export const collectionTokens = pgTable(
  "collection_tokens",
  {
    collectionId: text("collection_id")
      .notNull()
      .references(() => collections.id, { onDelete: "cascade" }),
    hash: integer("hash").notNull(),
    text: text("text").notNull(),
    /** Ordinals (see latent-ordinal.ts) of the latents that have it among their top tokens; int32, big-endian, ascending. */
    latents: bytea("latents"),
  },
  (table) => [primaryKey({ columns: [table.collectionId, table.hash, table.text] })],
);
