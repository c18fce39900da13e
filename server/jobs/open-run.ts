import { type StoredRunConfig, storedRunConfig } from "@/lib/contract/run-config";
import { retryWhileDown } from "@/server/db/retry-while-down";
import { type RunRow, readRun } from "@/server/db/runs/runs";
import type { Adapter } from "@/server/engine/adapters/adapter";
import type { BaseModel } from "@/server/runtime/models/load-base-model";
import type { JobContext } from "./job-context";
import { resolveModel } from "./resolve-model";
import { runFolders } from "./run-folders";

/** A run's adapter over its base model, held until it is closed. */
export type OpenRun = {
  readonly run: RunRow;
  readonly config: StoredRunConfig;
  readonly base: BaseModel;
  readonly adapter: Adapter;
  close(): void;
};

/** @throws Error saying what of the run is missing */
export async function openRun(context: JobContext, runId: string | null): Promise<OpenRun> {
  const { store, runtime, dataFolder } = context;
  const run = runId === null ? undefined : await retryWhileDown(() => readRun(store.db, runId));
  if (run === undefined) throw new Error("the run is no longer there");
  const config = storedRunConfig.parse(run.config);
  const model = await resolveModel(context, config.model, run.modelName);
  const base = await runtime.base(model.path, config.frozenDtype === "bfloat16" ? "fast" : "interactive", "background");
  try {
    const adapter = await runtime.adapter(runFolders(dataFolder, run.id).adapter, base.value, "background");
    const close = () => {
      adapter.release();
      base.release();
    };
    return { run, config, base: base.value, adapter: adapter.value, close };
  } catch (error) {
    base.release();
    throw error;
  }
}
