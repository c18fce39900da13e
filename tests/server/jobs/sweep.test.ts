import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { collectionSettings } from "@/lib/contract/run-config";
import { createDictionary, readCollection, setCollectionStatus } from "@/server/db/latents/collections";
import { beginLoad } from "@/server/db/latents/load-collection";
import { upsertDataSet } from "@/server/db/library/data-sets";
import { newId } from "@/server/db/new-id";
import type { JobInput } from "@/server/db/work/job-input";
import { insertJob, setJobStatus } from "@/server/db/work/jobs";
import { artefactStore } from "@/server/files/artefact-store";
import { sweep } from "@/server/jobs/sweep";
import { freshDatabase } from "@/tests/support/database";
import { queuedCollection, storedRun } from "@/tests/support/stored-collection";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const store = await freshDatabase();
const hour = 3_600_000;
let dataFolder = "";
beforeEach(() => {
  dataFolder = temporaryFolder();
});

/** A file in the data folder, last changed so many hours ago. */
function left(path: string, hoursAgo = 2): string {
  const file = join(dataFolder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "x");
  const at = new Date(Date.now() - hoursAgo * hour);
  for (let one = file; one !== dataFolder; one = dirname(one)) utimesSync(one, at, at);
  return file;
}

async function job(input: JobInput, id = newId()): Promise<string> {
  await insertJob(store.db, { id, kind: input.kind, title: "test", input, unit: "bytes", total: null });
  return id;
}

const swept = (hoursLater = 0) => sweep({ store, dataFolder }, { now: Date.now() + hoursLater * hour });

describe("a sweep", () => {
  it("removes what was left by a process that was killed while it took in an upload", async () => {
    const script = `
      const { register } = await import("tsx/esm/api"); register();
      const { artefactStore } = await import(${JSON.stringify(join(process.cwd(), "server/files/artefact-store.ts"))});
      async function* endless() { for (let n = 0; ; n++) { if (n === 50) process.send("writing"); yield Buffer.alloc(1000); await new Promise((r) => setTimeout(r, 1)); } }
      await artefactStore(${JSON.stringify(dataFolder)}).putStream("data/abc/rows.jsonl", endless(), 1e9);`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", script], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    await once(child, "message");
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(readdirSync(join(dataFolder, "data/abc"))).toHaveLength(1);
    await swept();
    expect(existsSync(join(dataFolder, "data/abc"))).toBe(true);
    await swept(2);
    expect(readdirSync(join(dataFolder, "data"))).toEqual([]);
  });

  it.each([
    ["an upload whose job was never written down", "data/up1/rows.jsonl"],
    ["an upload that was cut off, with its folder", "data/up8/.rows.jsonl.99999999.0123abcd.tmp"],
    ["a model's archive that was being unpacked", "models/up2.tar", 30],
    ["a model that was half unpacked", "models/up3/part.safetensors", 30],
    ["an upload of a dictionary", "dictionaries/up4.tar.gz"],
    ["an adapter that was being imported", "imports/up5/adapter_config.json"],
    ["a run that was imported or baked, but never written down", "runs/up6/adapter/adapter_config.json"],
    ["shards of a collection that is not there", "collections/up7/shard-0.safetensors"],
  ] as [string, string, number?][])("removes %s", async (_, path, hoursAgo) => {
    left(path, hoursAgo);
    await swept();
    expect(readdirSync(join(dataFolder, dirname(path).split("/")[0] ?? ""))).toEqual([]);
  });

  it("removes an empty folder", async () => {
    left("data/empty/x");
    artefactStore(dataFolder).delete("data/empty/x");
    await swept(2);
    expect(readdirSync(join(dataFolder, "data"))).toEqual([]);
  });

  it("keeps what a row names, what an unfinished job owns, and what changed lately", async () => {
    const runId = await storedRun(store);
    const input = { kind: "addModel", path: join(dataFolder, "models/queued"), name: null, isOwned: true } as const;
    const importing = await job({ kind: "importDictionary", path: "/elsewhere/x.tar", name: null });
    await job(input);
    await job({ kind: "bake", runId, derived: { id: "derived1", name: "baked" }, edits: [] });
    const data = left("data/kept/rows.jsonl", 99);
    const about = { rows: 1, sizeBytes: 1, columns: [], mapping: null, domains: [], splits: [], licence: null };
    await upsertDataSet(store.db, { id: newId(), name: "kept", path: data, format: "jsonl", ...about });
    const kept = [
      data,
      left(`runs/${runId}/checkpoint/x`, 99),
      left("models/queued/model.safetensors", 99),
      left(`imports/${importing}/neuronpedia-1/x`, 99),
      left("runs/derived1/adapter/x", 99),
      left("models/hub--model@123.partial/x", 5),
      left("imports/lately/x", 0.5),
      left("notes/of a person.txt", 99),
    ];
    await swept();
    expect(kept.filter((path) => !existsSync(path))).toEqual([]);
  });

  it("removes the upload of a job that was cancelled before a worker took it", async () => {
    const path = left("data/cancelled/rows.jsonl");
    const id = await job({ kind: "addDataSet", path, name: null, isOwned: true });
    await swept();
    expect(existsSync(path)).toBe(true);
    await setJobStatus(store.db, id, "cancelled");
    await swept();
    expect(existsSync(dirname(path))).toBe(false);
  });

  it("drops a dictionary whose import was killed until it was given up, with its tables; not one that is being imported", async () => {
    const settings = collectionSettings.parse({});
    const origin = { kind: "neuronpedia", modelId: "m", sourceId: "s" } as const;
    const [given, running] = [newId(), newId()];
    for (const id of [given, running]) {
      await job({ kind: "importDictionary", path: "/elsewhere/x.tar", name: null }, id);
      await createDictionary(store.db, { id, name: "d", origin, settings });
      await beginLoad(store, id);
    }
    await setJobStatus(store.db, given, "failed", "killed three times");
    await swept();
    expect(await readCollection(store.db, given)).toBeUndefined();
    expect(await readCollection(store.db, running)).toBeDefined();
    const tables = await store.pool.query("SELECT tablename FROM pg_tables WHERE tablename LIKE '%' || $1 || '%'", [given]);
    expect(tables.rows).toEqual([]);
  });

  it("drops the tables of a collection that was cancelled after its worker had died; not of one that will be continued", async () => {
    const [cancelled, waiting] = [await queuedCollection(store), await queuedCollection(store)];
    for (const { id } of [cancelled, waiting]) await beginLoad(store, id);
    await setCollectionStatus(store.db, cancelled, "cancelled");
    await swept();
    const tablesOf = async ({ id }: { readonly id: string }) =>
      (await store.pool.query("SELECT tablename FROM pg_tables WHERE tablename LIKE '%' || $1", [id])).rows;
    expect(await tablesOf(cancelled)).toEqual([]);
    expect(await tablesOf(waiting)).toHaveLength(4);
    expect(await readCollection(store.db, cancelled.id)).toMatchObject({ status: "cancelled" });
  });

  it("forgets workers that died long ago", async () => {
    const worker = { host: "h", address: "a", secret: "s", device: "d", backend: "cpu", version: "1", memory_bytes: 1 };
    for (const [id, age] of [
      ["lately", "1 minute"],
      ["long ago", "1 hour"],
    ])
      await store.pool.query(
        "INSERT INTO workers (id, host, address, secret, device, backend, version, memory_bytes, heartbeat_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now() - $9::interval)",
        [id, ...Object.values(worker), age],
      );
    await swept();
    expect((await store.pool.query("SELECT id FROM workers")).rows).toEqual([{ id: "lately" }]);
  });

  it("leaves all to another worker that sweeps at the moment", async () => {
    const path = left("data/orphan/x");
    const client = await store.pool.connect();
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock(7405311)");
    await swept();
    expect(existsSync(path)).toBe(true);
    await client.query("COMMIT");
    client.release();
    await swept();
    expect(existsSync(path)).toBe(false);
  });
});
