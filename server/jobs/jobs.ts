import type { WorkKind } from "@/server/db/tables/work-tables";
import { collectRun } from "./collect-latents";
import { LatestPlan } from "./collection-plans";
import { doJob } from "./do-job";
import { helpCollection } from "./help-collection";
import type { JobContext } from "./job-context";
import { trainRun } from "./train-run";
import type { Job } from "./work-loop";

/** What a worker does, by the kind of work. */
export function jobsOf(context: JobContext): Record<WorkKind, Job> {
  const plans = new LatestPlan(context);
  return {
    run: trainRun(context),
    collection: collectRun(context, plans),
    shard: helpCollection(context, plans),
    task: doJob(context),
  };
}
