import type { Store } from "@/server/db/client";
import type { Runtime } from "@/server/runtime/runtime";

/** What every job works with. */
export type JobContext = {
  readonly store: Store;
  readonly runtime: Runtime;
  /** Where models, data and runs lie. */
  readonly dataFolder: string;
  /** Ids of the requested models, by path, so that others see which are loaded. */
  readonly modelIds: Map<string, string>;
  /** A monotonic clock, milliseconds. */
  now(): number;
};
