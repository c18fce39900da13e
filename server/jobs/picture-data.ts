import type { RunConfig, StoredRunConfig } from "@/lib/contract/run-config";
import { readCollection } from "@/server/db/latents/collections";
import type { RunRow } from "@/server/db/runs/runs";
import type { JobContext } from "./job-context";
import { runData } from "./run-data";

/** The rows of a run, or of a collection of it. @throws Error saying what is missing */
export async function pictureData(
  context: JobContext,
  run: RunRow,
  config: StoredRunConfig,
  collectionId: string | undefined,
): Promise<RunConfig["data"]> {
  if (collectionId === undefined) return runData(context, run, config);
  const collection = await readCollection(context.store.db, collectionId);
  if (collection?.runId !== run.id) throw new Error(`the run ${run.name} has no such collection`);
  return runData(context, run, config, collection.settings);
}
