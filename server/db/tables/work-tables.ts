import { bigint, boolean, doublePrecision, index, integer, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import type { JobSummary } from "@/lib/contract/run";
import type { JobInput } from "@/server/db/work/job-input";
import { instant } from "./columns";

/** One row a worker process; a worker is alive while its heartbeat is fresh. */
export const workers = pgTable("workers", {
  id: text("id").primaryKey(),
  host: text("host").notNull(),
  /** Where its HTTP port listens, as a URL. */
  address: text("address").notNull(),
  secret: text("secret").notNull(),
  device: text("device").notNull(),
  backend: text("backend").notNull(),
  version: text("version").notNull(),
  memoryBytes: bigint("memory_bytes", { mode: "number" }).notNull().default(0),
  loadedModels: jsonb("loaded_models").$type<string[]>().notNull().default([]),
  doing: text("doing"),
  startedAt: instant("started_at").notNull().defaultNow(),
  heartbeatAt: instant("heartbeat_at").notNull().defaultNow(),
});

export const tasks = pgTable(
  "tasks",
  {
    id: text("id").primaryKey(),
    kind: text("kind").$type<JobSummary["kind"]>().notNull(),
    title: text("title").notNull(),
    status: text("status").$type<JobSummary["status"]>().notNull().default("queued"),
    /** What the job needs to know; its shape belongs to the kind. */
    input: jsonb("input").$type<JobInput>().notNull(),
    isCancelAsked: boolean("is_cancel_asked").notNull().default(false),
    done: doublePrecision("done").notNull().default(0),
    total: doublePrecision("total"),
    unit: text("unit").$type<JobSummary["unit"]>().notNull(),
    message: text("message").notNull().default(""),
    error: text("error"),
    createdAt: instant("created_at").notNull().defaultNow(),
    /** When a worker began it, the last time; null while it is queued, and of jobs from before this was recorded. */
    startedAt: instant("started_at"),
    finishedAt: instant("finished_at"),
  },
  (table) => [index("tasks_created_at").on(table.createdAt)],
);

/** A shard is a part of a collection, by the id `<collection>:<shard>`. */
export type WorkKind = "run" | "collection" | "shard" | "task";

/** Who works on what, until when; every time here is the database's own. */
export const leases = pgTable(
  "leases",
  {
    kind: text("kind").$type<WorkKind>().notNull(),
    workId: text("work_id").notNull(),
    /** Null when nobody holds the work and the row only keeps the count. */
    workerId: text("worker_id"),
    /** How many workers have died with the work since it last made progress. */
    deaths: integer("deaths").notNull().default(0),
    /** What is known of the last of them, in words. */
    lastDeath: text("last_death"),
    until: instant("until").notNull(),
  },
  (table) => [primaryKey({ columns: [table.kind, table.workId] }), index("leases_worker_id").on(table.workerId)],
);

/** Answers to requests that started work, by the key that the caller sent: a retry gets the same answer. */
export const startedRequests = pgTable("started_requests", {
  key: text("key").primaryKey(),
  /** Digest of method, path and body. */
  request: text("request").notNull(),
  answer: jsonb("answer"),
  createdAt: instant("created_at").notNull().defaultNow(),
});
