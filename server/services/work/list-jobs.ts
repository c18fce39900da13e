import type { JobList } from "@/lib/contract/api";
import { readWithSnapshot } from "@/server/db/snapshot";
import { listJobs as readJobs } from "@/server/db/work/jobs";
import type { ServiceContext } from "@/server/services/context";

/** The latest 200, newest first. */
export function listJobs({ store }: ServiceContext): Promise<JobList> {
  return readWithSnapshot(store, async (db) => ({ tasks: await readJobs(db) }));
}
