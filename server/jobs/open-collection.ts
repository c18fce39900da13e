import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { join } from "node:path";
import { type RunConfig, runConfig } from "@/lib/contract/run-config";
import type { CollectionRow } from "@/server/db/latents/collections";
import { retryWhileDown } from "@/server/db/retry-while-down";
import { type RunRow, readRun } from "@/server/db/runs/runs";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { readCollectionRows } from "@/server/runtime/collections/collection-data";
import { planShards, type ShardPlan } from "@/server/runtime/collections/shard-plan";
import type { BaseModel } from "@/server/runtime/models/load-base-model";
import type { JobContext } from "./job-context";
import { resolveModel } from "./resolve-model";
import { runData } from "./run-data";
import { runFolders } from "./run-folders";

/** A run's adapter over its base model, held until it is closed. */
export type OpenRun = {
  readonly run: RunRow;
  readonly config: RunConfig;
  readonly base: BaseModel;
  readonly adapter: Adapter;
  close(): void;
};

/** @throws Error saying what of the run is missing */
export async function openRun(context: JobContext, runId: string | null): Promise<OpenRun> {
  const { store, runtime, dataFolder } = context;
  const run = runId === null ? undefined : await retryWhileDown(() => readRun(store.db, runId));
  if (run === undefined) throw new Error("the run is no longer there");
  const config = runConfig.parse(run.config);
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

/** What a collection reads, with a fingerprint of all that its statistics follow from. */
export type OpenPlan = { readonly plan: ShardPlan; readonly fingerprint: string };

/** The plan of the collection that was worked on last: a worker does many shards of one, and reads its data once. */
export class LatestPlan {
  readonly #context: JobContext;
  #latest: { readonly collectionId: string; readonly plan: ShardPlan } | undefined;

  constructor(context: JobContext) {
    this.#context = context;
  }

  /** @throws Error saying what is missing, FileError when the data cannot be read */
  async of(collection: CollectionRow, { run, config, base }: OpenRun, signal: AbortSignal): Promise<OpenPlan> {
    if (this.#latest?.collectionId !== collection.id) {
      this.#latest = undefined;
      const { settings } = collection;
      const data = await runData(this.#context, run, config, settings.dataSetId);
      const source = { data, maxTokens: config.training.maxTokens, split: settings.split, tokenBudget: settings.maxTokens };
      this.#latest = { collectionId: collection.id, plan: planShards(await readCollectionRows(source, base, signal), settings, base) };
    }
    const { plan } = this.#latest;
    const adapter = statSync(join(runFolders(this.#context.dataFolder, run.id).adapter, "adapter_model.safetensors"));
    const parts = [plan.fingerprint, config.model, config.frozenDtype, run.id, adapter.size, adapter.mtimeMs];
    return { plan, fingerprint: createHash("sha256").update(JSON.stringify(parts)).digest("hex") };
  }

  forget(collectionId: string): void {
    if (this.#latest?.collectionId === collectionId) this.#latest = undefined;
  }
}
