import { expect, it } from "vitest";
import { workQuery } from "@/lib/contract/work";
import { setRunStatus } from "@/server/db/runs/runs";
import { insertJob, setJobProgress, setJobStatus } from "@/server/db/work/jobs";
import { listWork } from "@/server/services/work/list-work";
import { freshContext } from "@/tests/support/service-context";
import { latentInput, queuedCollection, storedCollection } from "@/tests/support/stored-collection";

const context = await freshContext();
const { db } = context.store;
const list = (query: object = {}) => listWork(context, workQuery.parse(query));

it("lists trainings, collections and jobs in one order, by kind and state, page by page", async () => {
  const { id: collection, runId } = await storedCollection(context.store, [latentInput(0, 0, 40)]);
  await setRunStatus(db, runId, "finished");
  const waiting = await queuedCollection(context.store);
  await setRunStatus(db, waiting.runId, "finished");
  const effects = {
    kind: "measureEffects",
    collectionId: collection,
    request: { latents: [], operations: ["ablatePost"], rows: 5, controls: 1 },
  };
  await insertJob(db, { id: "t1", kind: "measureEffects", title: "Effects", input: effects as never, unit: "latents", total: 2 });
  await insertJob(db, { id: "t2", kind: "study", title: "A dose", input: { kind: "study", runId, studyId: "s1" }, unit: "rows", total: 9 });
  await setJobStatus(db, "t1", "running");
  await setJobProgress(db, "t1", { unit: "passes", done: 30, total: 48 });
  await setJobStatus(db, "t2", "failed", "no rows");

  const all = await list();
  expect([all.total, all.open]).toEqual([6, 2]);
  expect(all.work.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
    "measurement running",
    "collection queued",
    "study failed",
    "training finished",
    "collection finished",
    "training finished",
  ]);
  expect(all.work[0]).toMatchObject({ id: "t1", job: "measureEffects", subject: "Effects", done: 30, total: 48, unit: "passes", runId });
  expect(all.work[0]?.startedAt).not.toBeNull();
  expect(all.work[1]).toMatchObject({ id: waiting.id, unit: "tokens", total: 1000, startedAt: null, runId: waiting.runId });
  expect(all.work[2]).toMatchObject({ id: "t2", error: "no rows", studyId: "s1", runId });

  expect((await list({ kind: "training" })).work.map(({ runId: id }) => id)).toEqual([waiting.runId, runId]);
  expect((await list({ state: "open" })).total).toBe(2);
  expect(await list({ state: "failed", kind: "training" })).toMatchObject({ work: [], total: 0, open: 2 });
  const second = await list({ limit: 4, offset: 4 });
  expect(second.work).toEqual(all.work.slice(4));
  expect(second.total).toBe(6);
});
