import type { WorkPage, WorkQuery } from "@/lib/contract/work";
import { readWithSnapshot } from "@/server/db/snapshot";
import { listWork as readWork } from "@/server/db/work/list-work";
import type { ServiceContext } from "@/server/services/context";

/** Trainings, collections, jobs and experiments, a page of them. */
export function listWork({ store }: ServiceContext, query: WorkQuery): Promise<WorkPage> {
  return readWithSnapshot(store, (db) => readWork(db, query));
}
