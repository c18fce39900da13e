import { describe, expect, it } from "vitest";
import { benchmarkTask } from "@/lib/contract/benchmark-task";
import type { AnswerBenchmarkTask } from "@/lib/contract/tasks/benchmark-tasks";
import { settleAnswers } from "@/server/files/data/tasks/benchmark-labels";

const labelled = (labels: readonly string[], split?: string) => labels.map((label, at) => ({ label, row: 10 + at, split }));
function task(kind: AnswerBenchmarkTask["kind"], changes: object = {}): AnswerBenchmarkTask {
  const parsed = benchmarkTask.parse({ kind, ...changes });
  if (parsed.kind !== "classification" && parsed.kind !== "regression") throw new Error("no task of answers");
  return parsed;
}
const classes = (changes: object = {}) => task("classification", changes);
const numbers = (changes: object = {}) => task("regression", changes);

describe("settleAnswers", () => {
  it("puts the rows' classes in order, numbers ascending and words by their letters, and reads them by accuracy", () => {
    expect(settleAnswers(classes(), labelled(["10", "9", "9", "-1"]))).toMatchObject({ classes: ["-1", "9", "10"], metric: "accuracy" });
    expect(settleAnswers(classes(), labelled(["sad", "glad", "sad"]))).toMatchObject({ classes: ["glad", "sad"] });
    expect(settleAnswers(classes({ metric: "f1" }), labelled(["sad", "glad"]))).toMatchObject({ metric: "f1" });
    expect(settleAnswers(numbers(), labelled(["1", "2.5"]))).toMatchObject({ kind: "regression", metric: "pearson" });
  });

  it("keeps classes that were given in their order, those that no row has with them", () => {
    const given = ["sad", "glad", "bored"];
    expect(settleAnswers(classes({ classes: given }), labelled(["glad", "sad"]))).toMatchObject({ classes: given });
  });

  it("takes GLUE's classes in its order, by name or by number, and its metric", () => {
    const named = labelled(["not_equivalent", "equivalent", "equivalent"]);
    expect(settleAnswers(classes({ glue: "mrpc" }), named)).toMatchObject({
      classes: ["not_equivalent", "equivalent"],
      metric: "accuracy",
    });
    expect(settleAnswers(classes({ glue: "mnli" }), labelled(["2", "0"]))).toMatchObject({ classes: ["0", "1", "2"] });
    expect(settleAnswers(classes({ glue: "cola" }), labelled(["1", "0"]))).toMatchObject({ metric: "matthews" });
    expect(settleAnswers(classes({ glue: "cola", metric: "accuracy" }), labelled(["1", "0"]))).toMatchObject({ metric: "accuracy" });
    expect(settleAnswers(numbers({ glue: "stsb" }), labelled(["0.4", "5"]))).toMatchObject({ metric: "pearson" });
  });

  it.each<[string, AnswerBenchmarkTask, ReturnType<typeof labelled>, RegExp]>([
    ["rows without a label", classes(), labelled(["a", "", "b", ""]), /no label in row 11, 13: fill it/],
    [
      "a test split of GLUE",
      classes({ glue: "rte" }),
      labelled(["-1", "-1"], "test"),
      /split "test" is labelled -1.*Use a validation split/,
    ],
    ["the same without its name", numbers(), labelled(["-1.0", "-1"]), /every row is labelled -1/],
    [
      "such a split among others",
      classes(),
      [...labelled(["0", "1"], "validation"), ...labelled(["-1"], "test")],
      /split "test" is labelled -1/,
    ],
    [
      "a label that is none of GLUE's",
      classes({ glue: "qnli" }),
      labelled(["0", "2"]),
      /row 11 has the label "2", which is not one of the classes 0, 1/,
    ],
    ["a label that is none of those given", classes({ classes: ["x", "y"] }), labelled(["x", "z"]), /row 11 has the label "z".*x, y/],
    ["one class", classes(), labelled(["x", "x"]), /all rows have the class "x"/],
    [
      "texts for classes",
      classes(),
      labelled(["x", "long ".repeat(100)]),
      /some of them text: map a column of classes, or choose regression/,
    ],
    [
      "a thousand and one classes",
      classes(),
      labelled(Array.from({ length: 1001 }, (_, at) => `${at}`)),
      /1001 different values, more than 1000/,
    ],
    [
      "F1 of three classes",
      classes({ metric: "f1" }),
      labelled(["a", "b", "c"]),
      /F1 needs two classes, and these rows have 3: use macro F1/,
    ],
    ["words for numbers", numbers(), labelled(["1", "two"]), /row 11 has the label "two", which is not a number/],
    ["one number", numbers(), labelled(["3", "3.0"]), /all rows have the number 3/],
    [
      "scores beyond STS-B's",
      numbers({ glue: "stsb" }),
      labelled(["1", "5.5"]),
      /row 11 has the label 5.5, but STS-B has scores of 0 to 5/,
    ],
  ])("refuses %s", (_what, wanted, labels, message) => {
    expect(() => settleAnswers(wanted, labels)).toThrow(message);
  });

  it("takes a class of −1 for what it is where its split has others", () => {
    const signs = labelled(["-1", "0", "1"], "test");
    expect(settleAnswers(classes(), signs)).toMatchObject({ classes: ["-1", "0", "1"] });
  });
});
