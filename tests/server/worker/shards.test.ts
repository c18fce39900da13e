import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { collectionSettings } from "@/lib/contract/run-config";
import { createCollection, readCollection, setCollectionStatus } from "@/server/db/latents/collections";
import { newId } from "@/server/db/new-id";
import { readRun } from "@/server/db/runs/runs";
import { freshDatabase } from "@/tests/support/database";
import { queueSmallRun } from "@/tests/support/small-run";
import { eventually, startWorker } from "@/tests/support/worker-process";

const store = await freshDatabase();
const data = mkdtempSync(join(tmpdir(), "stanscope-test-"));
afterAll(() => rmSync(data, { recursive: true, force: true }));

let training: Promise<string> | undefined;

/** A run over 1200 short rows, trained once for all tests. */
function trainedRun(): Promise<string> {
  training ??= train();
  return training;
}

async function train(): Promise<string> {
  const targets = { modules: ["v_proj", "down_proj"], layers: [1, 4] };
  const adapter = { method: "stan" as const, numLatents: 23, k: 5, targets };
  const run = await queueSmallRun(store, data, { adapter, rows: 1200, training: { steps: 12, learningRate: 0.05 } });
  const worker = await startWorker(store.url, data);
  await eventually("the run is finished", async () => ((await readRun(store.db, run))?.status === "finished" ? true : undefined));
  await worker.stop();
  return run;
}

/** Some twenty shards, each of some forty forward passes. */
const settings = collectionSettings.parse({ maxTokens: 20_000, batchRows: 1, shardTokens: 1000, attributionRows: 5 });

async function queueCollection(runId: string): Promise<string> {
  const id = newId();
  await createCollection(store.db, { id, runId, name: "all", step: 12, settings });
  return id;
}

async function untilFinished(id: string): Promise<void> {
  await eventually("the collection is finished", async () => {
    const row = await readCollection(store.db, id);
    if (row?.status === "failed") throw new Error(row.error ?? "failed");
    return row?.status === "finished" ? true : undefined;
  });
}

/** Everything that is stored of a collection, but its id and times. */
async function stored(id: string) {
  const orders = { latents: "module, index", contexts: "context", examples: "module, index", latent_columns: "name" };
  const tables = Object.entries(orders).map(async ([table, order]) => {
    const { rows } = await store.pool.query<{ row: string }>(
      `SELECT (to_jsonb(t) - 'collection_id')::text AS row FROM "${table}" t WHERE collection_id = $1 ORDER BY ${order}`,
      [id],
    );
    return [table, rows.map(({ row }) => row)] as const;
  });
  const row = await readCollection(store.db, id);
  return { tables: new Map(await Promise.all(tables)), summary: { ...row, id: "", seconds: 0, createdAt: null } };
}

/** Workers that held a shard's lease, as they are seen. */
function watchShards(id: string): Set<string> {
  const seen = new Set<string>();
  const timer = setInterval(async () => {
    const { rows } = await store.pool.query<{ worker_id: string }>(
      "SELECT worker_id FROM leases WHERE kind = 'shard' AND work_id LIKE $1",
      [`${id}:%`],
    );
    for (const { worker_id: workerId } of rows) seen.add(workerId);
  }, 20);
  onTestFinished(() => clearInterval(timer));
  return seen;
}

describe("a collection", () => {
  test("is the same, to the last bit, whether one, two or three workers read its shards", async () => {
    const run = await trainedRun();
    const results: Awaited<ReturnType<typeof stored>>[] = [];
    for (const count of [1, 2, 3]) {
      const workers = [];
      for (let n = 0; n < count; n++) workers.push(await startWorker(store.url, data));
      const id = await queueCollection(run);
      const seen = watchShards(id);
      await untilFinished(id);
      await Promise.all(workers.map((worker) => worker.stop()));
      expect(seen.size).toBe(count);
      results.push(await stored(id));
      expect(existsSync(join(data, "collections", id))).toBe(false);
    }
    const [one] = results;
    expect(one?.tables.get("latents")).toHaveLength(92);
    expect(one?.tables.get("latent_columns")?.length).toBeGreaterThan(10);
    expect(one?.summary.shards).toEqual({ done: 20, total: 20 });
    for (const other of results.slice(1)) {
      expect(other.summary).toEqual(one?.summary);
      for (const [table, rows] of other.tables) expect([table, rows]).toEqual([table, one?.tables.get(table)]);
    }
  });

  test("whose worker is killed is resumed at its last shard, and is the same as an unbroken one", async () => {
    const run = await trainedRun();
    const id = await queueCollection(run);
    const folder = join(data, "collections", id);
    const shards = () => (existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith("shard-")) : []);
    const first = await startWorker(store.url, data);
    await eventually("three shards", async () => (shards().length >= 3 ? true : undefined));
    await first.kill();
    const done = shards();
    expect(done.length).toBeLessThan(20);
    const written = done.map((name) => statSync(join(folder, name)).mtimeMs);
    await startWorker(store.url, data);
    await eventually("more shards", async () => {
      const after = done.map((name) => statSync(join(folder, name)).mtimeMs);
      expect(after).toEqual(written);
      return shards().length > done.length + 3 ? true : undefined;
    });
    await untilFinished(id);
    await eventually("the shards are gone", async () => (existsSync(folder) ? undefined : true));

    const unbroken = await queueCollection(run);
    await untilFinished(unbroken);
    expect((await stored(id)).tables).toEqual((await stored(unbroken)).tables);
  });

  test("that is cancelled leaves no shard behind", async () => {
    const run = await trainedRun();
    await startWorker(store.url, data);
    await startWorker(store.url, data);
    const id = await queueCollection(run);
    const folder = join(data, "collections", id);
    await eventually("two shards", async () => (existsSync(folder) && readdirSync(folder).length >= 2 ? true : undefined));
    await setCollectionStatus(store.db, { id, runId: run }, "cancelled");
    await eventually("the shards are gone", async () => {
      const { rows } = await store.pool.query("SELECT 1 FROM leases WHERE work_id = $1 OR work_id LIKE $2", [id, `${id}:%`]);
      return rows.length === 0 && !existsSync(folder) ? true : undefined;
    });
    expect((await readCollection(store.db, id))?.status).toBe("cancelled");
    expect((await stored(id)).tables.get("latents")).toEqual([]);
  });
});
