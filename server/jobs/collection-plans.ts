import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { join } from "node:path";
import { rowTokens } from "@/lib/contract/run-config";
import { taskOf, tasks } from "@/lib/contract/tasks/tasks";
import type { CollectionRow } from "@/server/db/latents/collections";
import { accumulatorNames } from "@/server/engine/features/arrays";
import { weightsName } from "@/server/files/adapters/adapter-folder";
import { readCollectionRows } from "@/server/runtime/collections/collection-data";
import { countable, planShards, type ShardPlan } from "@/server/runtime/collections/shard-plan";
import { kindOfModel } from "@/server/runtime/models/kinds/model-kinds";
import type { ReadRow } from "@/server/runtime/rows/read-row";
import type { JobContext } from "./job-context";
import type { OpenReading } from "./open-run";
import { runData } from "./run-data";
import { runFolders } from "./run-folders";

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
  async of(collection: CollectionRow, open: OpenReading, signal: AbortSignal): Promise<OpenPlan> {
    if (this.#latest?.collectionId !== collection.id) {
      this.#latest = undefined;
      const rows = await rowsOfCollection(this.#context, collection, open, signal);
      const isClassified = tasks[taskOf(open.config).kind].labels === "classes";
      this.#latest = {
        collectionId: collection.id,
        plan: planShards(rows, { ...collection.settings, isClassified }, countable(open.base)),
      };
    }
    const { plan } = this.#latest;
    const { run, config } = open;
    const adapter = statSync(join(runFolders(this.#context.dataFolder, run.id).adapter, weightsName));
    const parts = [plan.fingerprint, config.model, config.frozenDtype, run.id, adapter.size, adapter.mtimeMs, accumulatorNames];
    return { plan, fingerprint: createHash("sha256").update(JSON.stringify(parts)).digest("hex") };
  }

  forget(collectionId: string): void {
    if (this.#latest?.collectionId === collectionId) this.#latest = undefined;
  }
}

/** The rows that a collection reads. @throws Error saying what is missing, FileError when the data cannot be read */
export async function rowsOfCollection(
  context: JobContext,
  { settings }: CollectionRow,
  { run, config, base }: OpenReading,
  signal: AbortSignal,
): Promise<ReadRow[]> {
  const data = await runData(context, run, config, settings);
  const source = {
    data,
    maxTokens: Math.min(settings.rowTokens ?? rowTokens(config), kindOfModel(base).longestRow(base)),
    split: settings.split,
    tokenBudget: settings.maxTokens,
  };
  return readCollectionRows(source, base, signal);
}
