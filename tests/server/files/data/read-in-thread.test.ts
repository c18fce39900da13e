import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { readInThread, readOnceInThread } from "@/server/files/data/read-in-thread";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { layRedAndBlue } from "@/tests/support/tiny-images";

const counter = vi.hoisted(() => ({ started: 0 }));
vi.mock("node:worker_threads", async (original) => {
  const threads = await original<typeof import("node:worker_threads")>();
  return {
    ...threads,
    Worker: class extends threads.Worker {
      constructor(...given: ConstructorParameters<typeof threads.Worker>) {
        super(...given);
        counter.started++;
      }
    },
  };
});

const rows = { dataSetId: "d", mapping: { kind: "text" as const, text: "text" }, domains: null, useChatTemplate: false, maxTokens: 64 };
const asked = (path: string, count = 4) => ({
  path,
  rows: { ...rows, part: { kind: "all" as const }, count },
  task: { kind: "languageModel" as const },
});

function written(lines: readonly unknown[]): string {
  const path = join(temporaryFolder(), "rows.jsonl");
  writeFileSync(path, lines.map((line) => JSON.stringify(line)).join("\n"));
  return path;
}

describe("reading in a thread", () => {
  const texts = Array.from({ length: 8 }, (_, row) => ({ text: `row ${row}` }));

  it("divides a folder of images among the runs of an experiment, and takes them as rows of a benchmark", async () => {
    const path = await layRedAndBlue(join(temporaryFolder(), "colours"));
    const mapping = { kind: "labelledImage" as const, image: "image", label: "label" };
    const task = { kind: "classification" as const, labels: null };
    const data = { kind: "dataSet" as const, dataSetId: "d", mapping, domains: null, validationRows: 8, useChatTemplate: false };
    const divided = await readOnceInThread("dividedRows", { path, division: { data, domainSets: null, task } });
    expect(divided.sets).toMatchObject([{ trainRows: 8 }]);
    expect(divided.selectionRows + divided.reportRows).toBe(8);
    const asked = { ...rows, mapping, part: { kind: "all" as const }, count: 16 };
    const known = await readOnceInThread("benchmarkRows", {
      path,
      rows: asked,
      task: { kind: "classification", metric: null, classes: null, glue: null },
    });
    expect(known.items.texts.slice(7, 9)).toEqual(["blue/7.png", "red/0.png"]);
    expect(known.items.references?.slice(7, 9)).toEqual(["blue", "red"]);
  });

  it("gives what the reading gives", async () => {
    const { items } = await readOnceInThread("benchmarkRows", asked(written(texts)));
    expect(items).toMatchObject({ numbers: Int32Array.of(1, 3, 5, 7), texts: ["row 1", "row 3", "row 5", "row 7"] });
  });

  it("reads again in the thread whose reading has ended, and in a new one after a reading that failed", async () => {
    counter.started = 0;
    const path = written(texts);
    await readOnceInThread("benchmarkRows", asked(path), { heapMb: 512 });
    await readOnceInThread("benchmarkRows", asked(path), { heapMb: 512 });
    expect(counter.started).toBe(1);
    await expect(readOnceInThread("benchmarkRows", asked("/nowhere.jsonl"), { heapMb: 512 })).rejects.toThrow("/nowhere.jsonl");
    await readOnceInThread("benchmarkRows", asked(path), { heapMb: 512 });
    expect(counter.started).toBe(2);
  });

  it("fails as the reading does", async () => {
    const path = join(temporaryFolder(), "gone.jsonl");
    await expect(readOnceInThread("benchmarkRows", asked(path))).rejects.toMatchObject({
      name: "FileError",
      code: "notFound",
      path,
      message: `${path}: no such file or folder`,
    });
  });

  it("ends with the signal, before it begins or later", async () => {
    const path = written(texts);
    const gone = new AbortController();
    const reading = readOnceInThread("benchmarkRows", asked(path), { signal: gone.signal });
    gone.abort();
    const ended = { code: "unavailable", message: expect.stringContaining("the request ended") };
    await expect(reading).rejects.toMatchObject(ended);
    await expect(readOnceInThread("benchmarkRows", asked(path), { signal: gone.signal })).rejects.toMatchObject(ended);
  });

  it("is refused where it takes more time or memory than the limits", async () => {
    const path = written(texts);
    await expect(readOnceInThread("benchmarkRows", asked(path), { limitMs: 0 })).rejects.toMatchObject({
      code: "tooLarge",
      message: expect.stringMatching(/takes more than 4 minutes/),
    });
    await expect(readOnceInThread("benchmarkRows", asked(path), { heapMb: 4 })).rejects.toMatchObject({
      code: "tooLarge",
      message: expect.stringMatching(/takes more than 4 MB of memory/),
    });
  });

  it("passes long texts on a few at a time", async () => {
    const long = Array.from({ length: 8 }, (_, row) => ({ text: `${row}${"x".repeat(100_000)}` }));
    const path = written(long);
    const { items, hash, task } = await readOnceInThread("benchmarkRows", asked(path, 8));
    const benchmark = { rows: asked(path, 8).rows, task, rowsHash: hash };
    const batches: number[][] = [];
    for await (const batch of readInThread("benchmarkTexts", { path, numbers: items.numbers, benchmark }))
      batches.push(batch.map(({ row, text }) => (text === long[row]?.text ? row : -1)));
    expect(batches).toEqual([
      [0, 1, 2],
      [3, 4, 5],
      [6, 7],
    ]);
  });
});
