import { expect, test } from "vitest";
import { collectionSettings } from "@/lib/contract/run-config";
import { createCollection, readCollection, setCollectionStatus } from "@/server/db/latents/collections";
import { beginLoad, finishCollection } from "@/server/db/latents/load-collection";
import { newId } from "@/server/db/new-id";
import type { JobInput } from "@/server/db/work/job-input";
import { insertJob, listJobs } from "@/server/db/work/jobs";
import { freshDatabase } from "@/tests/support/database";
import { storedRun } from "@/tests/support/stored-collection";

const store = await freshDatabase();
const counts = { positions: 0, contexts: 0, numLatents: 0, k: 0, seconds: 0, coFiringSampled: 0 };
const result = { ...counts, domains: [], modules: [], probes: [], trainingSteps: [] };

async function loadedCollection() {
  const runId = await storedRun(store);
  const id = newId();
  await createCollection(store.db, { id, runId, name: "all", step: 5, settings: collectionSettings.parse({}) });
  await beginLoad(store, id);
  return { id, runId };
}

test("a finished collection stays finished, whatever fails after it", async () => {
  const collection = await loadedCollection();
  await finishCollection(store, collection, result);
  for (const status of ["failed", "queued", "cancelled"] as const) {
    expect(await setCollectionStatus(store.db, collection, status, "the disk is full")).toBe(false);
  }
  expect(await readCollection(store.db, collection.id)).toMatchObject({ status: "finished", error: null });
});

test("what is due when a collection is finished is written with it, or neither is", async () => {
  const collection = await loadedCollection();
  const input: JobInput = { kind: "demonstration", model: "small" };
  const order = (id: string) => ({ id, kind: input.kind, title: "next", input, unit: "steps" as const, total: null });
  const failing = finishCollection(store, collection, result, async (db) => {
    await insertJob(db, order("lost"));
    throw new Error("no room");
  });
  await expect(failing).rejects.toThrow("no room");
  expect((await readCollection(store.db, collection.id))?.status).toBe("queued");
  await beginLoad(store, collection.id);
  await finishCollection(store, collection, result, (db) => insertJob(db, order("kept")));
  expect((await readCollection(store.db, collection.id))?.status).toBe("finished");
  expect((await listJobs(store.db)).map(({ id }) => id)).toEqual(["kept"]);
});

test("a collection that was cancelled while it was stored is not finished", async () => {
  const collection = await loadedCollection();
  await setCollectionStatus(store.db, collection, "cancelled");
  await expect(finishCollection(store, collection, result)).rejects.toThrow("cancelled or removed");
  expect((await readCollection(store.db, collection.id))?.status).toBe("cancelled");
});
