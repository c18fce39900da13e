import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readConcepts } from "@/server/files/data/concept-rows";
import { openDataSet } from "@/server/files/data/data-set";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const axbench = "tests/golden/concepts/axbench-layout.parquet";

function dataSetOf(rows: readonly object[]) {
  const path = join(temporaryFolder(), "concepts.jsonl");
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  return openDataSet(path);
}

const row = (concept: string | null, category: string) => ({ text: `${concept} ${category}`, concept, category });

describe("Concepts over a dataset", () => {
  it("are read from AxBench's layout: negatives with the id -1 belong to all, and other senses do not name the concept", async () => {
    const { concepts, mapping } = await readConcepts(openDataSet(axbench));
    expect(mapping).toMatchObject({ kind: "promptCompletion", prompt: "input", completion: "output" });
    expect(concepts).toEqual([
      { name: "names of rivers", positives: [4, 5, 6, 7], negatives: [0, 1, 2, 3], hardNegatives: [8] },
      { name: "sums of money", positives: [9, 10, 11, 12], negatives: [0, 1, 2, 3], hardNegatives: [13] },
    ]);
  });

  it("are read from the columns concept and category", async () => {
    const rows = [row("a", "positive"), row("a", "positive"), row("a", "negative"), row(null, "negative"), row("a", "hard negative")];
    const { concepts, mapping } = await readConcepts(dataSetOf(rows));
    expect(mapping).toEqual({ kind: "text", text: "text" });
    expect(concepts).toEqual([{ name: "a", positives: [0, 1], negatives: [2, 3], hardNegatives: [4] }]);
  });

  it("are the values of a column, each against the rest", async () => {
    const rows = ["law", "sport", "law", "sport", "law"].map((topic, at) => ({ text: `text ${at}`, topic }));
    const { concepts } = await readConcepts(dataSetOf(rows), "topic");
    expect(concepts).toEqual([
      { name: "law", positives: [0, 2, 4], negatives: [1, 3], hardNegatives: [] },
      { name: "sport", positives: [1, 3], negatives: [0, 2, 4], hardNegatives: [] },
    ]);
  });

  it.each([
    ["no concepts", [{ text: "a" }], "has no columns that name concepts; expected concept and category"],
    ["no text", [{ concept: "a", category: "positive", id: 1 }], "has no recognised columns of text; expected text, or input and output"],
    [
      "another category",
      [row("a", "positive"), row("a", "maybe")],
      'row 2: category is "maybe", but must be one of positive, negative, hard negative',
    ],
    [
      "too few rows",
      [row("a", "positive"), row("a", "negative"), row("a", "negative")],
      'the concept "a" has 1 positive and 2 negative rows; at least 2 of each are needed',
    ],
    ["no rows of a concept", [row(null, "negative")], "names no concept"],
  ])("with %s are refused in words", async (_, rows, message) => {
    await expect(readConcepts(dataSetOf(rows))).rejects.toThrow(message);
  });

  it("of a column that is not there are refused with the columns that are", async () => {
    await expect(readConcepts(dataSetOf([{ text: "a", topic: "law" }]), "subject")).rejects.toThrow(
      'has no column "subject"; its columns are text, topic',
    );
  });
});
