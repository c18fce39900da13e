import type { WorkKind } from "@/server/db/tables/work-tables";
import { collectRun } from "./collect-latents";
import { doTask } from "./do-task";
import type { JobContext } from "./job-context";
import { trainRun } from "./train-run";
import type { Job } from "./work-loop";

/** What a worker does, by the kind of work. */
export function jobsOf(context: JobContext): Record<WorkKind, Job> {
  return { run: trainRun(context), collection: collectRun(context), task: doTask(context) };
}
