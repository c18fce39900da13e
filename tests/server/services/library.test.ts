import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { downloadZip } from "client-zip";
import sharp from "sharp";
import { describe, expect, it, vi } from "vitest";
import { listJobs, readJob } from "@/server/db/work/jobs";
import { ownedKey } from "@/server/files/owned-key";
import { writeTar } from "@/server/interop/archives/write-tar";
import { addDataSet } from "@/server/services/library/add-data-set";
import { addModel } from "@/server/services/library/add-model";
import { deleteDataSet } from "@/server/services/library/delete-data-set";
import { deleteModel } from "@/server/services/library/delete-model";
import { listDataRows } from "@/server/services/library/list-data-rows";
import { listDataSets } from "@/server/services/library/list-data-sets";
import { uploadDataSet } from "@/server/services/library/upload-data-set";
import { uploadModel } from "@/server/services/library/upload-model";
import { cancelJob } from "@/server/services/work/cancel-job";
import { freshContext } from "@/tests/support/service-context";
import { storedRun } from "@/tests/support/stored-collection";
import { storedDataSet } from "@/tests/support/stored-data-set";
import { storedModel } from "@/tests/support/stored-model";
import { layRedAndBlue } from "@/tests/support/tiny-images";

const context = await freshContext();

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** An archive of empty files. */
function tarOf(names: readonly string[]): AsyncGenerator<Uint8Array> {
  const path = join(context.dataFolder, "empty");
  writeFileSync(path, "");
  return writeTar(names.map((name) => ({ name, path })));
}

describe("data sets", () => {
  it("are added by a job, which can be cancelled while it waits", async () => {
    const path = join(context.dataFolder, "verse.jsonl");
    writeFileSync(path, '{"text":"a"}\n');
    const job = await addDataSet(context, { path, name: "Verse" });
    expect(job).toMatchObject({ kind: "addDataSet", title: "Add Verse", status: "queued", unit: "bytes", total: 13 });
    expect((await readJob(context.store.db, job.id))?.input).toEqual({ kind: "addDataSet", path, name: "Verse", isOwned: false });
    expect(await cancelJob(context, job.id)).toMatchObject({ status: "cancelled" });
  });

  it("give their rows as text", async () => {
    const path = join(context.dataFolder, "mixed.jsonl");
    writeFileSync(path, '{"text":"a"}\n{"text":"b","tags":["x",2],"n":null}\n');
    const { id } = await storedDataSet(context, path);
    expect(await listDataRows(context, id, { from: 1, count: 5 })).toEqual({ rows: [{ text: "b", tags: '["x",2]', n: "" }], total: 2 });
  });

  it("of images name each image, with the folder that is its class", async () => {
    const { id } = await storedDataSet(context, await layRedAndBlue(join(context.dataFolder, "colours")));
    truncateSync(join(context.dataFolder, "colours/red/0.png"), 60);
    const { rows, total, images } = await listDataRows(context, id, { from: 7, count: 2 });
    expect(total).toBe(16);
    const [blue, damaged] = images ?? [];
    const webp = Buffer.from(blue !== undefined && "webp" in blue ? blue.webp : "", "base64");
    expect(await sharp(webp).metadata()).toMatchObject({ format: "webp", width: 27, height: 24 });
    const { dominant } = await sharp(webp).stats();
    expect(dominant.b).toBeGreaterThan(dominant.r + 100);
    expect(damaged).toEqual({ problem: expect.stringMatching(/^is not a complete PNG, JPEG or WebP image/) });
    expect(rows).toEqual([
      { image: expect.stringMatching(/^{"path":"blue\/7\.png","bytes":"\d+ bytes"}$/), label: "blue" },
      { image: expect.stringMatching(/^{"path":"red\/0\.png","bytes":"60 bytes"}$/), label: "red" },
    ]);
  });

  it("leave nothing behind when an upload is of a format that is not read", async () => {
    const body = bytesOf("x");
    await expect(uploadDataSet(context, "folder/bad rows.exe", body)).rejects.toMatchObject({
      code: "invalid",
      field: "name",
      message: expect.stringMatching(/^bad rows\.exe: has the ending "\.exe", which is not supported; supported: jsonl, /),
    });
    expect(existsSync(join(context.dataFolder, "data"))).toBe(false);
  });

  it("are taken from an uploaded archive of images", async () => {
    const folder = await layRedAndBlue(join(context.dataFolder, "archived"));
    const files = ["red/0.png", "blue/0.png"].map((name) => ({ name, input: readFileSync(join(folder, name)) }));
    const { id } = await uploadDataSet(context, "colours.zip", downloadZip(files).body as unknown as AsyncIterable<Uint8Array>);
    const input = (await readJob(context.store.db, id))?.input;
    if (input?.kind !== "addDataSet") throw new Error("no data set is added");
    expect(await storedDataSet(context, input.path)).toMatchObject({ rows: 2, mapping: { kind: "labelledImage", label: "label" } });
  });

  it("go with an uploaded file, and leave a person's own file alone", async () => {
    const { id } = await uploadDataSet(context, "../évil name.jsonl", bytesOf('{"text":"a"}\n'));
    const input = (await readJob(context.store.db, id))?.input;
    if (input?.kind !== "addDataSet") throw new Error("no data set is added");
    expect(input).toMatchObject({ isOwned: true, path: expect.stringContaining(join(context.dataFolder, "data/")) });
    const uploaded = await storedDataSet(context, input.path);
    const own = join(context.dataFolder, "own.txt");
    writeFileSync(own, "one passage\n");
    const added = await storedDataSet(context, own);
    await deleteDataSet(context, uploaded.id);
    await deleteDataSet(context, added.id);
    expect([existsSync(uploaded.path), existsSync(own)]).toEqual([false, true]);
    expect((await listDataSets(context)).map((one) => one.id)).not.toContain(uploaded.id);
  });

  it("keep an uploaded file whose job was stored, although the database went away before it said so", async () => {
    const { pool } = context.store;
    const query = pool.query.bind(pool) as (...given: unknown[]) => Promise<unknown>;
    const dying = vi.spyOn(pool, "query").mockImplementation(async (...given: unknown[]) => {
      const answer = await query(...given);
      if (JSON.stringify(given[0]).includes("insert into")) throw new Error("Connection terminated unexpectedly");
      return answer;
    });
    await expect(uploadDataSet(context, "kept.jsonl", bytesOf('{"text":"a"}\n')).finally(() => dying.mockRestore())).rejects.toThrow(
      "Failed query",
    );
    const [job] = (await listJobs(context.store.db)).filter(({ title }) => title === "Add kept.jsonl");
    const input = job && (await readJob(context.store.db, job.id))?.input;
    if (input?.kind !== "addDataSet") throw new Error("no data set is added");
    expect(existsSync(input.path)).toBe(true);
  });

  it("name the path that is not there", async () => {
    await expect(addDataSet(context, { path: "/nowhere/x.jsonl" })).rejects.toMatchObject({
      code: "notFound",
      field: "path",
      message: expect.stringMatching(/\/nowhere\/x\.jsonl/),
    });
  });
});

describe("models", () => {
  it("are refused at once where a path holds none", async () => {
    await expect(addModel(context, { source: "folder", path: "/nowhere/model" })).rejects.toMatchObject({
      code: "notFound",
      field: "path",
    });
  });

  it("are fetched by a job, which can be cancelled while it waits", async () => {
    const job = await addModel(context, { source: "hub", id: "someone/tiny" });
    expect(job).toMatchObject({ kind: "fetchModel", title: "Fetch someone/tiny", status: "queued", unit: "bytes" });
    expect((await readJob(context.store.db, job.id))?.input).toEqual({
      kind: "fetchModel",
      source: { from: "hub", id: "someone/tiny", revision: null },
    });
    expect(await cancelJob(context, job.id)).toMatchObject({ status: "cancelled" });
    await expect(cancelJob(context, job.id)).rejects.toMatchObject({ code: "conflict" });
  });

  it("leave nothing behind when an upload holds none", async () => {
    await expect(uploadModel(context, "model.zip", bytesOf("x"))).rejects.toMatchObject({ code: "invalid", field: "name" });
    await expect(uploadModel(context, "my own.gguf", bytesOf("GGUF?"))).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringMatching(/^my own\.gguf: /),
    });
    await expect(uploadModel(context, "model.tar", bytesOf("x".repeat(2048)))).rejects.toMatchObject({
      message: expect.stringMatching(/not a tar file/),
    });
    const countless = tarOf(Array.from({ length: 1001 }, (_, i) => `part-${i}`));
    await expect(uploadModel(context, "model.tar", countless)).rejects.toMatchObject({
      message: expect.stringMatching(/more than 1000 files/),
    });
    expect(readdirSync(join(context.dataFolder, "models"))).toEqual([]);
  });

  it("stay while a run that has not ended uses them", async () => {
    await storedModel(context);
    const runId = await storedRun(context.store);
    await expect(deleteModel(context, "m1")).rejects.toMatchObject({ code: "conflict" });
    await context.store.pool.query("UPDATE runs SET status = 'finished' WHERE id = $1", [runId]);
    await deleteModel(context, "m1");
    await expect(deleteModel(context, "m1")).rejects.toMatchObject({ code: "notFound" });
  });

  it("own only what lies in the data folder", () => {
    mkdirSync(join(context.dataFolder, "models"), { recursive: true });
    expect(ownedKey("/home", "/home/models/abc/model.gguf")).toBe("models/abc");
    expect(ownedKey("/home", "/home-of-mine/models/abc")).toBeUndefined();
    expect(ownedKey("/home", "/home/models")).toBeUndefined();
  });
});
