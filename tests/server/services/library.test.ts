import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readTask } from "@/server/db/work/tasks";
import { addDataSet } from "@/server/services/library/add-data-set";
import { addModel } from "@/server/services/library/add-model";
import { deleteDataSet } from "@/server/services/library/delete-data-set";
import { deleteModel, ownedKey } from "@/server/services/library/delete-model";
import { listDataRows } from "@/server/services/library/list-data-rows";
import { listDataSets } from "@/server/services/library/list-data-sets";
import { packTar } from "@/server/services/library/tar";
import { uploadDataSet } from "@/server/services/library/upload-data-set";
import { uploadModel } from "@/server/services/library/upload-model";
import { cancelTask } from "@/server/services/work/cancel-task";
import { freshContext, storedModel } from "@/tests/support/service-context";
import { storedRun } from "@/tests/support/stored-collection";

const context = await freshContext();

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** An archive of empty files. */
function tarOf(names: readonly string[]): AsyncGenerator<Uint8Array> {
  const path = join(context.dataFolder, "empty");
  writeFileSync(path, "");
  return packTar(names.map((name) => ({ name, path })));
}

describe("data sets", () => {
  it("are read from a path of the server, and read anew under the same id", async () => {
    const path = join(context.dataFolder, "poems.jsonl");
    writeFileSync(path, '{"text":"a","n":1}\n{"text":"b","n":null}\n');
    const first = await addDataSet(context, { path, name: "Poems" });
    expect(first).toMatchObject({ name: "Poems", rows: 2, format: "jsonl", mapping: { kind: "text", text: "text" } });
    writeFileSync(path, '{"text":"a"}\n');
    expect(await addDataSet(context, { path })).toMatchObject({ id: first.id, name: "Poems", rows: 1 });
  });

  it("give their rows as text", async () => {
    const path = join(context.dataFolder, "mixed.jsonl");
    writeFileSync(path, '{"text":"a"}\n{"text":"b","tags":["x",2],"n":null}\n');
    const { id } = await addDataSet(context, { path });
    expect(await listDataRows(context, id, { from: 1, count: 5 })).toEqual({ rows: [{ text: "b", tags: '["x",2]', n: "" }], total: 2 });
  });

  it("leave nothing behind when an upload cannot be read", async () => {
    await expect(uploadDataSet(context, "bad.jsonl", bytesOf('{"text":\n'))).rejects.toMatchObject({ code: "invalid" });
    await expect(uploadDataSet(context, "bad.exe", bytesOf("x"))).rejects.toMatchObject({ code: "invalid" });
    expect(readdirSync(join(context.dataFolder, "data"))).toEqual([]);
  });

  it("go with an uploaded file, and leave a person's own file alone", async () => {
    const uploaded = await uploadDataSet(context, "../évil name.jsonl", bytesOf('{"text":"a"}\n'));
    expect(uploaded.path.startsWith(join(context.dataFolder, "data"))).toBe(true);
    const own = join(context.dataFolder, "own.txt");
    writeFileSync(own, "one passage\n");
    const added = await addDataSet(context, { path: own });
    await deleteDataSet(context, uploaded.id);
    await deleteDataSet(context, added.id);
    expect([existsSync(uploaded.path), existsSync(own)]).toEqual([false, true]);
    expect((await listDataSets(context)).map(({ id }) => id)).not.toContain(uploaded.id);
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

  it("are fetched by a task, which can be cancelled while it waits", async () => {
    const task = await addModel(context, { source: "hub", id: "someone/tiny" });
    expect(task).toMatchObject({ kind: "fetchModel", title: "Fetch someone/tiny", status: "queued", unit: "bytes" });
    expect((await readTask(context.store.db, task.id))?.input).toEqual({
      kind: "fetchModel",
      source: { from: "hub", id: "someone/tiny", revision: null },
    });
    expect(await cancelTask(context, task.id)).toMatchObject({ status: "cancelled" });
    await expect(cancelTask(context, task.id)).rejects.toMatchObject({ code: "conflict" });
  });

  it("leave nothing behind when an upload holds none", async () => {
    await expect(uploadModel(context, "model.zip", bytesOf("x"))).rejects.toMatchObject({ code: "invalid", field: "name" });
    await expect(uploadModel(context, "model.gguf", bytesOf("GGUF?"))).rejects.toMatchObject({ code: "invalid" });
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
    expect(ownedKey("/home/models", "/home/models/abc/model.gguf")).toBe("models/abc");
    expect(ownedKey("/home/models", "/home/models-of-mine/abc")).toBeUndefined();
    expect(ownedKey("/home/models", "/home/models")).toBeUndefined();
  });
});
