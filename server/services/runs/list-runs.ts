import type { RunSummary } from "@/lib/contract/run";
import { listRuns as readRuns } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";

/** All runs, newest first. */
export function listRuns({ store }: ServiceContext): Promise<RunSummary[]> {
  return readRuns(store.db);
}
