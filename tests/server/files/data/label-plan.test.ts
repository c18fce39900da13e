import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openDataSet } from "@/server/files/data/data-set";
import { planClasses, readLabels, readTargets } from "@/server/files/data/label-plan";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const rowsOf = (...numbers: number[]) => Int32Array.from(numbers);

function dataSetOf(labels: readonly unknown[]) {
  const path = join(temporaryFolder(), "rows.jsonl");
  writeFileSync(path, labels.map((label) => JSON.stringify({ text: "a", label })).join("\n"));
  return openDataSet(path);
}

describe("labels of a data set", () => {
  test("are read for planned rows alone, in their order, numbers as they are written", async () => {
    const data = dataSetOf([2, "b", null, true, 0.5]);
    expect(await readLabels(data, "label", { train: rowsOf(3, 0), validation: rowsOf(4) })).toEqual({
      train: ["true", "2"],
      validation: ["0.5"],
    });
    await expect(readLabels(data, "label", { train: rowsOf(0, 2), validation: rowsOf() })).rejects.toThrow(
      /no label in column "label" of row 2/,
    );
    await expect(readLabels(data, "class", { train: rowsOf(0, 1), validation: rowsOf(2) })).rejects.toThrow(
      /column "class" of row 0, 1, 2/,
    );
  });

  test("become classes, numbers by size and words by their letters, counted in both parts", () => {
    const train = ["10", "9", "9", "2"];
    expect(planClasses("p", { train, validation: ["9"] }, null)).toEqual({
      labels: ["2", "9", "10"],
      trainRows: [1, 2, 1],
      validationRows: [0, 1, 0],
    });
    expect(planClasses("p", { train: ["no", "maybe"], validation: [] }, null).labels).toEqual(["maybe", "no"]);
    expect(planClasses("p", { train: ["no", "yes"], validation: [] }, ["yes", "maybe", "no"]).trainRows).toEqual([1, 0, 1]);
  });

  test.each([
    [["a", "a"], ["a"], null, /have the class "a"/],
    [["a", "b"], ["c"], null, /label "c" is in the held-out rows but not in the training rows/],
    [["a", "b"], ["c"], ["a", "b", "c"], /label "c" is in the held-out rows/],
    [["a", "c"], [], ["a", "b"], /label "c", which is not one of the classes a, b/],
    [["a", "b"], [], ["a", "b", "a"], /class "a" is named twice/],
  ])("are refused: %j to train on, %j held out, classes %j", (train, validation, given, message) => {
    expect(() => planClasses("p", { train, validation }, given)).toThrow(message);
  });

  test("become numbers, unless one is none or all are the same", () => {
    expect(readTargets("p", { train: ["1", "-2.5"], validation: ["3e1"] })).toEqual({
      train: Float64Array.from([1, -2.5]),
      validation: Float64Array.from([30]),
    });
    expect(() => readTargets("p", { train: ["1", "good"], validation: [] })).toThrow(/label "good", which is not a number/);
    expect(() => readTargets("p", { train: ["1", "1"], validation: ["2"] })).toThrow(/have the number 1/);
  });
});
