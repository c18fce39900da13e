import type PgBoss from "pg-boss";
import type { Store } from "@/server/db/client";
import type { Runtime } from "@/server/runtime/runtime";

/** What every job works with. */
export type JobContext = {
  readonly store: Store;
  readonly queue: PgBoss;
  readonly runtime: Runtime;
  /** Where models, data and runs lie. */
  readonly dataFolder: string;
  /** A monotonic clock, milliseconds. */
  now(): number;
};
