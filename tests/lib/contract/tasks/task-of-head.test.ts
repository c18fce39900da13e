import { describe, expect, it } from "vitest";
import { answerKinds, learnedTask, notedProblemType, taskOfHead } from "@/lib/contract/tasks/tasks";
import { readLabelNames, readProblemType, writeLabelNames } from "@/server/files/adapters/label-names";
import { temporaryFolder } from "@/tests/support/temporary-folder";

describe("taskOfHead", () => {
  it.each([
    [1, undefined, "regression"],
    [2, undefined, "classification"],
    [5, undefined, "classification"],
    [1, "single_label_classification", "classification"],
    [3, "regression", "regression"],
    [3, "a task of another program", "classification"],
  ])("of %i scores, whose files note %s, is %s", (numLabels, problemType, kind) => {
    expect(taskOfHead({ numLabels, problemType })).toBe(kind);
  });

  it("finds each task again by what its files note", () => {
    for (const kind of answerKinds) {
      for (const numLabels of [1, 2, 7]) {
        const problemType = notedProblemType(kind, numLabels);
        expect(taskOfHead({ numLabels, problemType })).toBe(kind);
      }
    }
    expect([notedProblemType("classification", 2), notedProblemType("regression", 1), notedProblemType("languageModel", 2)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("learnedTask", () => {
  it("has the names of classes where a task has some", () => {
    expect(learnedTask("classification", ["low", "high"])).toEqual({ kind: "classification", labels: ["low", "high"] });
    expect(learnedTask("regression", [])).toEqual({ kind: "regression" });
  });
});

describe("labels.json", () => {
  it("notes what a head learned only where its number of scores does not say it", () => {
    const [usual, other] = [temporaryFolder(), temporaryFolder()];
    writeLabelNames(usual, ["low", "high"]);
    writeLabelNames(other, ["low", "high"], "multi_label_classification");
    expect([usual, other].map(readProblemType)).toEqual([undefined, "multi_label_classification"]);
    expect([usual, other].map(readLabelNames)).toEqual([
      ["low", "high"],
      ["low", "high"],
    ]);
  });
});
