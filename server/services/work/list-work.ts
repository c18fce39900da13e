import type { WorkItem, WorkPage, WorkQuery } from "@/lib/contract/work";
import type { Database } from "@/server/db/client";
import { readWithSnapshot } from "@/server/db/snapshot";
import { listWork as readWork } from "@/server/db/work/list-work";
import type { ServiceContext } from "@/server/services/context";
import { readExperimentSummary } from "@/server/services/experiments/get-experiment";

/** Trainings, collections, jobs and experiments, a page of them. */
export function listWork({ store }: ServiceContext, query: WorkQuery): Promise<WorkPage> {
  return readWithSnapshot(store, async (db) => {
    const page = await readWork(db, query);
    const work: WorkItem[] = [];
    // One after another: a snapshot is one connection, which takes one query at a time.
    for (const item of page.work) work.push(await withRunsOf(db, item));
    return { ...page, work };
  });
}

/** An experiment with the number of its runs that have ended, and of all that are planned. */
async function withRunsOf(db: Database, item: WorkItem): Promise<WorkItem> {
  if (item.kind !== "experiment") return item;
  const experiment = await readExperimentSummary(db, item.id);
  return experiment === undefined ? item : { ...item, done: experiment.done, total: experiment.total };
}
