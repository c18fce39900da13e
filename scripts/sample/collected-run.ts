import { isOpenJob } from "@/lib/contract/run";
import type { ServiceContext } from "@/server/services/context";
import { listRuns } from "@/server/services/runs/list-runs";
import { stopRun } from "@/server/services/runs/stop-run";
import { listJobs } from "@/server/services/work/list-jobs";
import { eventually } from "./with-worker";

/** Waits until the demonstration's STAN run has its statistics and measured effects. @throws Error where the training or the collection failed */
export async function collectedRun(context: ServiceContext): Promise<{ id: string; collectionId: string }> {
  const isOurs = ({ group }: { group: string | null }) => group === "demonstration";
  return eventually(async () => {
    const runs = (await listRuns(context)).runs.filter(isOurs);
    // The other runs are not needed.
    for (const other of runs) if (other.method !== "stan" && other.status === "queued") await stopRun(context, other.id, "cancel");
    const run = runs.find(({ method }) => method === "stan");
    if (run === undefined) return undefined;
    const { id, status, step, steps, collection, error } = run;
    if (status === "failed" || collection?.status === "failed") throw new Error(error ?? "the statistics failed");
    const { tasks } = await listJobs(context);
    const measuring = tasks.find((job) => job.kind === "measureEffects" && isOpenJob(job));
    process.stdout.write(`\r${status}, step ${step} of ${steps}, ${collection?.tokens ?? 0} tokens counted   `);
    return status === "finished" && collection?.status === "finished" && measuring === undefined
      ? { id, collectionId: collection.id }
      : undefined;
  });
}
