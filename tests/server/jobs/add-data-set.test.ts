import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { listDataSets } from "@/server/db/library/data-sets";
import { newId } from "@/server/db/new-id";
import { insertJob, listJobs, readJob } from "@/server/db/work/jobs";
import { addDataSet } from "@/server/jobs/add-data-set";
import { doJob } from "@/server/jobs/do-job";
import type { HeldWork } from "@/server/jobs/held-work";
import { freshDatabase } from "@/tests/support/database";
import { jobAtWork } from "@/tests/support/job-at-work";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const store = await freshDatabase();
let dataFolder = "";
beforeEach(async () => {
  dataFolder = temporaryFolder();
  await store.pool.query("DELETE FROM data_sets");
});

/** Six thousand lines, several pieces of the file long. */
const lines = Array.from(
  { length: 6000 },
  (_, n) => `${JSON.stringify({ text: `${n} ${"x".repeat(200)}`, topic: `t${n % 3}`, id: n })}\n`,
).join("");

function written(name: string, content: string): string {
  const path = join(dataFolder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

describe("adding a data set", () => {
  it("takes a folder of images: each row names its image and the folder that is its label", async () => {
    const png = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAAAAAD/vX8XAAAAC0lEQVR4nGNgaGAAAAGEAIFwpm0uAAAAAElFTkSuQmCC";
    for (const name of ["train/cat/1.png", "train/dog/2.png", "validation/cat/3.png"]) written(join("animals", name), png);
    const path = join(dataFolder, "animals");
    await addDataSet(jobAtWork(store, { taskId: newId(), dataFolder }), { kind: "addDataSet", path, name: null, isOwned: false });
    const [animals] = await listDataSets(store.db);
    expect(animals).toMatchObject({
      ...{ format: "png", rows: 3 },
      mapping: { kind: "labelledImage", image: "image", label: "label", split: "split" },
      splits: [
        { name: "train", rows: 2 },
        { name: "validation", rows: 1 },
      ],
    });
    expect(animals?.columns[0]?.samples[0]).toBe(`{"path":"train/cat/1.png","bytes":"${png.length} bytes"}`);
  });

  it("shows samples without what the database cannot store, and refuses a name that holds it", async () => {
    const add = (path: string) =>
      addDataSet(jobAtWork(store, { taskId: newId(), dataFolder }), { kind: "addDataSet", path, name: null, isOwned: false });
    // The 160th code unit is the first half of an emoji.
    await add(written("odd.jsonl", `${JSON.stringify({ text: `a\0b${"x".repeat(156)}🦊 end` })}\n`));
    expect((await listDataSets(store.db))[0]?.columns[0]?.samples[0]).toMatch(/^a\u{fffd}bx/u);
    await expect(add(written("names.jsonl", '{"te\\u0000xt":"a"}\n'))).rejects.toThrow(
      'names.jsonl: the name "te\\u0000xt" contains U+0000 or half of a surrogate pair',
    );
  });

  it("reads the rows, reports the bytes, and gives the data set the task's id", async () => {
    const path = written("poems.jsonl", lines);
    const run = jobAtWork(store, { taskId: newId(), dataFolder });
    await addDataSet(run, { kind: "addDataSet", path, name: "Poems", isOwned: false });
    const [added] = await listDataSets(store.db);
    expect(added).toMatchObject({
      id: run.taskId,
      name: "Poems",
      path,
      rows: 6000,
      format: "jsonl",
      mapping: { text: "text", domain: "topic" },
    });
    expect(added?.columns.map(({ name, distinct }) => [name, distinct])).toEqual([
      ["text", null],
      ["topic", 3],
      ["id", null],
    ]);
    const done = run.reports.flatMap((progress) => progress.done ?? []);
    expect(done.length).toBeGreaterThan(4);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(done.at(-1)).toBe(lines.length);
  });

  it("reads the same path anew under the same id and name", async () => {
    const path = written("poems.jsonl", lines);
    const first = jobAtWork(store, { taskId: newId(), dataFolder });
    await addDataSet(first, { kind: "addDataSet", path, name: "Poems", isOwned: false });
    writeFileSync(path, '{"text":"a"}\n');
    await addDataSet(jobAtWork(store, { taskId: newId(), dataFolder }), { kind: "addDataSet", path, name: null, isOwned: false });
    expect(await listDataSets(store.db)).toMatchObject([{ id: first.taskId, name: "Poems", rows: 1 }]);
  });

  it("lets the process do other things while a large file is read", async () => {
    const path = written("poems.json", `[${lines.trimEnd().replaceAll("\n", ",")}]`);
    let rounds = 0;
    const turning = setInterval(() => rounds++, 0);
    await addDataSet(jobAtWork(store, { taskId: newId(), dataFolder }), { kind: "addDataSet", path, name: null, isOwned: false });
    clearInterval(turning);
    expect(rounds).toBeGreaterThan(4);
  });
});

/** Work that is held until it is cancelled. */
function heldWork(workId: string, controller = new AbortController()): HeldWork {
  const work = {
    workId,
    title: "",
    signal: controller.signal,
    isHandedBack: false,
    request: () => controller.abort(),
    confirm: async () => {},
  };
  return work as unknown as HeldWork;
}

describe("an upload", () => {
  async function doUpload(content: string, isCancelled: boolean, name: string | null = null) {
    const path = written("data/abc/rows.jsonl", content);
    const id = newId();
    await insertJob(store.db, {
      id,
      kind: "addDataSet",
      title: "Add rows",
      input: { kind: "addDataSet", path, name, isOwned: true },
      unit: "bytes",
      total: null,
    });
    const controller = new AbortController();
    if (isCancelled) controller.abort();
    await doJob(jobAtWork(store, { taskId: id, dataFolder }).context)(heldWork(id, controller));
    return { status: (await readJob(store.db, id))?.status, isThere: existsSync(path), isFolderThere: existsSync(dirname(path)) };
  }

  it("is named in its task's error by its own name, not by where it lay", async () => {
    await doUpload('{"text":\n', false, "poems $& new.jsonl");
    const errors = (await listJobs(store.db)).map(({ error }) => error);
    expect(errors).toContainEqual(expect.stringMatching(/^poems \$& new\.jsonl: line 1: is not valid JSON/));
  });

  it("stays when it is added", async () => {
    expect(await doUpload(lines, false)).toEqual({ status: "finished", isThere: true, isFolderThere: true });
  });

  it("goes when it cannot be read", async () => {
    expect(await doUpload('{"text":\n', false)).toEqual({ status: "failed", isThere: false, isFolderThere: false });
  });

  it("goes when its job is cancelled", async () => {
    expect(await doUpload(lines, true)).toEqual({ status: "cancelled", isThere: false, isFolderThere: false });
  });
});
