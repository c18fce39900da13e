import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newId } from "@/server/db/new-id";
import { readLog } from "@/server/db/runs/run-progress";
import { listRuns, readRun, setRunStatus } from "@/server/db/runs/runs";
import type { WorkKind } from "@/server/db/tables/work-tables";
import { insertJob, readJob, setJobStatus } from "@/server/db/work/jobs";
import { acquireLease } from "@/server/db/work/leases";
import { HeldWork } from "@/server/jobs/held-work";
import { jobsOf } from "@/server/jobs/jobs";
import { freshDatabase } from "@/tests/support/database";
import { jobAtWork } from "@/tests/support/job-at-work";
import { storedRun } from "@/tests/support/stored-collection";

const store = await freshDatabase();
const jobs = jobsOf(jobAtWork(store, { taskId: "t", dataFolder: mkdtempSync(join(tmpdir(), "stanscope-home-")) }).context);

async function hold(kind: WorkKind, workId: string): Promise<HeldWork> {
  const taken = await acquireLease(store.db, { kind, workId, workerId: "w" }, 60_000);
  if (taken === undefined) throw new Error("no lease");
  return new HeldWork(store, "w", { kind, ...taken });
}

test("a run that ended between the look and the lease is not trained", async () => {
  const id = await storedRun(store);
  const work = await hold("run", id);
  await setRunStatus(store.db, id, "cancelled");
  await jobs.run(work);
  expect(await readRun(store.db, id)).toMatchObject({ status: "cancelled", error: null, startedAt: null });
  expect(await readLog(store.db, id, { most: 10 })).toEqual([]);
});

test("a job that ended between the look and the lease is not done", async () => {
  const id = newId();
  const input = { kind: "demonstration", model: "small" } as const;
  await insertJob(store.db, { id, kind: input.kind, title: "test", input, unit: "steps", total: null });
  const work = await hold("task", id);
  await setJobStatus(store.db, id, "finished");
  const before = (await listRuns(store.db)).length;
  await jobs.task(work);
  expect(await readJob(store.db, id)).toMatchObject({ status: "finished", error: null, message: "" });
  expect((await listRuns(store.db)).length).toBe(before);
});
