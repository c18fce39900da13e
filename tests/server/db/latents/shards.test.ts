import { expect, test } from "vitest";
import { collectionSettings } from "@/lib/contract/run-config";
import { createCollection, listCollections } from "@/server/db/latents/collections";
import { saveShardPlan } from "@/server/db/latents/shards";
import { newId } from "@/server/db/new-id";
import { freshDatabase } from "@/tests/support/database";
import { storedRun } from "@/tests/support/stored-collection";

const store = await freshDatabase();

test("a collection ends where its data do: once they are read, its progress counts to there", async () => {
  const [id, runId] = [newId(), await storedRun(store)];
  await createCollection(store.db, { id, runId, name: "all", step: 5, settings: collectionSettings.parse({ maxTokens: 1000 }) });
  const end = async () => (await listCollections(store.db, runId))[0]?.maxTokens;
  expect(await end()).toBe(1000);
  expect(await saveShardPlan(store.db, { id }, [300, 250])).toBe(false);
  expect(await end()).toBe(550);
  expect(await saveShardPlan(store.db, { id }, [300, 250])).toBe(true);
});
