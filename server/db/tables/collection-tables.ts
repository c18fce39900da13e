import { bigint, doublePrecision, index, integer, jsonb, pgTable, primaryKey, smallint, text } from "drizzle-orm/pg-core";
import type { CollectionSummary } from "@/lib/contract/latent";
import type { PositionKindName } from "@/lib/contract/positions/positions";
import type { CollectionSettings } from "@/lib/contract/run-config";
import { bytea, instant } from "./columns";
import { latentNumbers } from "./latent-numbers";
import { runs } from "./run-tables";

/** A window of the corpus at which latents may be quiet: positions of a context, `from` inclusive, `to` exclusive. */
export type StoredProbe = { context: number; from: number; to: number };

/** A statistics pass, or an imported dictionary; `modules` fixes the numbers by which its latents name their module. */
export const collections = pgTable(
  "collections",
  {
    id: text("id").primaryKey(),
    /** Null for an imported dictionary. */
    runId: text("run_id").references(() => runs.id, { onDelete: "cascade" }),
    origin: jsonb("origin").$type<CollectionSummary["origin"]>().notNull(),
    name: text("name").notNull(),
    settings: jsonb("settings").$type<CollectionSettings>().notNull(),
    status: text("status").$type<CollectionSummary["status"]>().notNull().default("queued"),
    error: text("error"),
    /** What a running collection is at, in words for a person. */
    stage: text("stage"),
    step: integer("step").notNull(),
    /** What its positions are. */
    positionKind: text("position_kind").$type<PositionKindName>().notNull().default("token"),
    /** Counted positions: the denominator of every density. */
    positions: bigint("positions", { mode: "number" }).notNull().default(0),
    maxPositions: bigint("max_positions", { mode: "number" }).notNull(),
    contexts: integer("contexts").notNull().default(0),
    domains: jsonb("domains").$type<CollectionSummary["domains"]>().notNull().default([]),
    /** Of images, where their labels are classes. */
    classes: jsonb("classes").$type<CollectionSummary["classes"]>().notNull().default([]),
    modules: jsonb("modules").$type<CollectionSummary["modules"]>().notNull().default([]),
    /** Latents kept a position and module: k of STAN, the rank of LoRA. */
    k: integer("k").notNull().default(0),
    numLatents: integer("num_latents").notNull().default(0),
    shards: jsonb("shards").$type<CollectionSummary["shards"]>().notNull().default({ done: 0, total: 0 }),
    /** Positions from which co-firing was counted. */
    coFiringSampled: integer("co_firing_sampled").notNull().default(0),
    probes: jsonb("probes").$type<StoredProbe[]>().notNull().default([]),
    /** Last steps of the windows that the latents' training densities are over. */
    trainingSteps: jsonb("training_steps").$type<number[]>().notNull().default([]),
    seconds: doublePrecision("seconds"),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (table) => [index("collections_run").on(table.runId, table.createdAt)],
);

const collectionId = () =>
  text("collection_id")
    .notNull()
    .references(() => collections.id, { onDelete: "cascade" });

/** Parts of a running collection's corpus: any worker takes one that is queued. */
export const collectionShards = pgTable(
  "collection_shards",
  {
    collectionId: collectionId(),
    shard: integer("shard").notNull(),
    /** Counted positions. */
    positions: bigint("positions", { mode: "number" }).notNull(),
    status: text("status").$type<"queued" | "done">().notNull().default("queued"),
  },
  (table) => [primaryKey({ columns: [table.collectionId, table.shard] })],
);

/**
 * What a finished collection is sorted, filtered and searched by: each column packed into one value, little-endian, in the order of ordinals (see
 * latent-ordinals.ts). A finished collection never changes, so a process may keep what it has read.
 */
export const latentColumns = pgTable(
  "latent_columns",
  {
    collectionId: collectionId(),
    name: text("name").notNull(),
    kind: text("kind").$type<ColumnKind>().notNull(),
    /** One number a latent; missing ones are NaN. */
    values: bytea("values").notNull(),
    /** Of numeric columns: uint32 ordinals by ascending value, those without a value last, ties by ordinal. */
    order: bytea("order"),
    /** Latents that have a value: the first of `order`. */
    present: integer("present").notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.collectionId, table.name] })],
);
export type ColumnKind = "int32" | "float32" | "uint32" | "json";

/*
 * The three tables below are list-partitioned by collection (the migration says so): a collection's rows are copied into tables of its own, indexed
 * there, then attached, and leave as whole tables.
 */

/** All that is known of a latent beside its examples, narrow enough to stay in the row's own page: lists are packed (see pack-latent.ts). */
export const latents = pgTable(
  "latents",
  {
    collectionId: text("collection_id").notNull(),
    /** Place in the collection's `modules`. */
    module: smallint("module").notNull(),
    index: integer("index").notNull(),
    ...latentNumbers,
    selectivityLow: doublePrecision("selectivity_low"),
    selectivityHigh: doublePrecision("selectivity_high"),
    /** Place in the collection's `domains`. */
    topDomain: smallint("top_domain"),
    domainCounts: integer("domain_counts").array().notNull(),
    /** Of images: those in which it fires, by domain and by class. */
    domainRows: integer("domain_rows").array(),
    classRows: integer("class_rows").array(),
    /** Of images of one size: those in which it fires at each position. */
    placeCounts: integer("place_counts").array(),
    topTokens: bytea("top_tokens").notNull(),
    nextTokens: bytea("next_tokens").notNull(),
    histogram: bytea("histogram").notNull(),
    relatedDecoder: bytea("related_decoder").notNull(),
    relatedEncoder: bytea("related_encoder").notNull(),
    firesWith: bytea("fires_with").notNull(),
    logitEffect: bytea("logit_effect"),
    /** Of dense components. */
    positiveTail: bytea("positive_tail"),
    negativeTail: bytea("negative_tail"),
    spectrum: bytea("spectrum"),
    /** float32 a window of the collection's `trainingSteps`. */
    trainingDensity: bytea("training_density"),
    /** Places of probes in whose window it never fires. */
    quiet: integer("quiet").array().notNull(),
  },
  (table) => [primaryKey({ columns: [table.collectionId, table.module, table.index] })],
);

/** A row of the corpus as the model read it, stored once however many examples lie in it; what of it depends on the kind of its positions. */
export const contexts = pgTable(
  "contexts",
  {
    collectionId: text("collection_id").notNull(),
    context: integer("context").notNull(),
    /** Row of the corpus. */
    row: integer("row").notNull(),
    domain: smallint("domain"),
    /** Empty where positions have no vocabulary. */
    tokenIds: integer("token_ids").array().notNull(),
    /** One text a position: what a person reads, empty where there is nothing to read. */
    texts: text("texts").array().notNull(),
    /** Where positions form a grid: its columns, and the positions before it that are none of its cells. */
    columns: integer("columns"),
    leading: integer("leading"),
    /** The row's label in the data, where it has one. */
    answer: text("answer"),
    /** WebP: the image as the model read it. */
    image: bytea("image"),
    /** WebP: of a noisy image, it before noise was added. */
    clean: bytea("clean"),
  },
  (table) => [primaryKey({ columns: [table.collectionId, table.context] })],
);

/** A latent's examples, the strongest and those of its bands, packed (see pack-examples.ts). */
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
