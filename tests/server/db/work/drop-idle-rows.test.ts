import { expect, test } from "vitest";
import { collectionSettings } from "@/lib/contract/run-config";
import { createCollection, setCollectionStatus } from "@/server/db/latents/collections";
import { listShards, saveShardPlan } from "@/server/db/latents/shards";
import { newId } from "@/server/db/new-id";
import { setRunStatus } from "@/server/db/runs/runs";
import { leases } from "@/server/db/tables/work-tables";
import { dropIdleRows } from "@/server/db/work/drop-idle-rows";
import { acquireLease, handBackLease } from "@/server/db/work/leases";
import { freshDatabase } from "@/tests/support/database";
import { storedRun } from "@/tests/support/stored-collection";

const store = await freshDatabase();
const { db } = store;

test("leases and shards go once their work is over, and stay while it is not or somebody holds it", async () => {
  const [queued, ended, held] = [await storedRun(store), await storedRun(store), await storedRun(store)];
  for (const workId of [queued, ended, held]) await acquireLease(db, { kind: "run", workId, workerId: "w" }, 60_000);
  for (const workId of [queued, ended]) await handBackLease(db, { kind: "run", workId, workerId: "w" });
  for (const run of [ended, held]) await setRunStatus(db, run, "finished");
  const [left, planned] = [newId(), newId()];
  for (const id of [left, planned]) {
    await createCollection(db, { id, runId: ended, name: "all", step: 5, settings: collectionSettings.parse({}) });
    await saveShardPlan(db, { id }, [3, 5]);
  }
  await setCollectionStatus(db, { id: left, runId: ended }, "finished");
  await dropIdleRows(db);
  expect((await db.select().from(leases)).map(({ workId }) => workId).sort()).toEqual([queued, held].sort());
  expect(await listShards(db, left)).toEqual([]);
  expect(await listShards(db, planned)).toHaveLength(2);
});
