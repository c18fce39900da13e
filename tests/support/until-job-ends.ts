import { isOpenJob } from "@/lib/contract/run";
import type { Store } from "@/server/db/client";
import { readJob } from "@/server/db/work/jobs";
import { eventually } from "./worker-process";

/** Waits until a job of a worker process has finished, failed or been cancelled. */
export function untilJobEnds({ db }: Store, id: string) {
  return eventually("the job ends", async () => {
    const job = await readJob(db, id);
    return job === undefined || isOpenJob(job) ? undefined : job;
  });
}
