import { describe, expect, it } from "vitest";
import { collectionSettings } from "@/lib/contract/run-config";
import { workQuery } from "@/lib/contract/work";
import { createDictionary, readCollection, setCollectionStatus } from "@/server/db/latents/collections";
import { beginLoad, dropLoad } from "@/server/db/latents/load-collection";
import { acquireLease } from "@/server/db/work/leases";
import { takeWork } from "@/server/db/work/take-work";
import { HeldWork } from "@/server/jobs/held-work";
import { readRequests } from "@/server/jobs/read-requests";
import { cancelCollection } from "@/server/services/work/cancel-collection";
import { listWork } from "@/server/services/work/list-work";
import { freshContext } from "@/tests/support/service-context";
import { latentInput, queuedCollection, storedCollection } from "@/tests/support/stored-collection";

const context = await freshContext();
const { store } = context;

describe("a collection that is cancelled", () => {
  it("is taken by no worker when it was queued, and stays listed", async () => {
    const { id } = await queuedCollection(store);
    expect(await cancelCollection(context, id)).toMatchObject({ id, status: "cancelled", stage: null });
    expect(await takeWork(store.db, { kind: "collection", workerId: "w" }, 1000, { except: [] })).toBeUndefined();
    const { work } = await listWork(context, workQuery.parse({ kind: "collection" }));
    expect(work.find((item) => item.id === id)).toMatchObject({ state: "cancelled" });
  });

  it("is given up by the worker that holds it", async () => {
    const { id, runId } = await queuedCollection(store);
    const taken = await acquireLease(store.db, { kind: "collection", workId: id, workerId: "w" }, 60_000);
    const work = new HeldWork(store, "w", { kind: "collection", ...(taken ?? expect.fail("no lease")) });
    await setCollectionStatus(store.db, { id, runId }, "running");
    await readRequests(store, [work]);
    expect(work.signal.aborted).toBe(false);
    await cancelCollection(context, id);
    await readRequests(store, [work]);
    expect(work.signal.aborted).toBe(true);
  });

  it("leaves no tables of what was stored so far", async () => {
    const { id } = await queuedCollection(store);
    await beginLoad(store, id);
    await cancelCollection(context, id);
    await dropLoad(store, id);
    const { rows } = await store.pool.query("SELECT tablename FROM pg_tables WHERE tablename LIKE $1", [`%${id}%`]);
    expect(rows).toEqual([]);
    expect(await readCollection(store.db, id)).toMatchObject({ status: "cancelled" });
  });
});

it("what has ended, is being imported or is not there is refused", async () => {
  const { id } = await storedCollection(store, [latentInput(0, 0, 40)]);
  await expect(cancelCollection(context, id)).rejects.toMatchObject({ code: "conflict", message: "The collection has ended already." });
  expect(await readCollection(store.db, id)).toMatchObject({ status: "finished" });
  const origin = { kind: "neuronpedia" as const, modelId: "m", sourceId: "5-res" };
  await createDictionary(store.db, { id: "d", name: "d", origin, settings: collectionSettings.parse({}) });
  await expect(cancelCollection(context, "d")).rejects.toMatchObject({ code: "conflict", message: /cancel that job/ });
  await expect(cancelCollection(context, "nothing")).rejects.toMatchObject({ code: "notFound" });
});
