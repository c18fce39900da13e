import { isAbsolute, join } from "node:path";
import { latestCheckpoint } from "@/server/db/runs/checkpoints";
import { holdsTrained } from "@/server/files/adapters/trained-folder";
import type { ServiceContext } from "@/server/services/context";

/** Where what a run trained lies on disk: the finished one, else the last checkpoint's; undefined where there is none yet. */
export async function findAdapterFolder({ store, artefacts }: ServiceContext, runId: string): Promise<string | undefined> {
  const checkpoint = await latestCheckpoint(store.db, runId);
  const candidates = [artefacts.path(`runs/${runId}/adapter`)];
  if (checkpoint !== undefined) {
    const { folder } = checkpoint;
    candidates.push(join(isAbsolute(folder) ? folder : artefacts.path(folder), "adapter"));
  }
  return candidates.find(holdsTrained);
}
