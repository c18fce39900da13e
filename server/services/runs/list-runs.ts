import type { RunList } from "@/lib/contract/api";
import { listRuns as readRuns } from "@/server/db/runs/runs";
import { readWithSnapshot } from "@/server/db/snapshot";
import type { ServiceContext } from "@/server/services/context";

/** All runs, newest first. */
export function listRuns({ store }: ServiceContext): Promise<RunList> {
  return readWithSnapshot(store, async (db) => ({ runs: await readRuns(db) }));
}
