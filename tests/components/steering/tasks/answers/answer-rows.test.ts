import { describe, expect, it } from "vitest";
import { type AnswerRow, answerRows, bestClass, shownClasses } from "@/components/steering/tasks/answers/answer-rows";
import { cellsOf } from "@/components/steering/tasks/answers/answer-table";
import type { ComparedAnswers, TextAnswer } from "@/lib/contract/read-text";

const classes = (...probabilities: number[]): TextAnswer => ({
  kind: "classes",
  classes: probabilities.map((probability, at) => ({ label: `c${at}`, probability, score: Math.log(probability) })),
});
const number = (value: number): TextAnswer => ({ kind: "number", value });

const compared: ComparedAnswers = {
  kind: "answers",
  constant: classes(0.25, 0.75),
  base: classes(0.5, 0.5),
  adapter: classes(0.2, 0.8),
  edited: classes(0.6, 0.4),
  alone: [
    { edit: 0, answer: classes(0.3, 0.7) },
    { edit: 2, answer: classes(0.45, 0.55) },
  ],
  injectedNorms: [0, 1],
};
const nameOf = (edit: number) => `name ${edit}`;

describe("answers side by side", () => {
  it("go from the one that does not look at the text to each edit alone", () => {
    const rows = answerRows(compared, nameOf);
    expect(rows.map(({ name }) => name)).toEqual([
      "Constant prediction",
      "Without the adapter",
      "Adapter",
      "Edited",
      "Edit 1 alone",
      "Edit 3 alone",
    ]);
    expect(rows.map(({ isEdited }) => isEdited)).toEqual([false, false, false, true, true, true]);
    expect(rows.slice(3).map(({ about }) => about)).toEqual(["all 2 edits that are on", "name 0", "name 2"]);
    expect(rows[5]?.answer).toBe(compared.alone[1]?.answer);
  });

  it("have one edited line where one edit is on, and none where none is", () => {
    const one = answerRows({ ...compared, alone: compared.alone.slice(1) }, nameOf);
    expect(one.map(({ name, about }) => [name, about]).at(-1)).toEqual(["Edited", "name 2"]);
    expect(one).toHaveLength(4);
    expect(answerRows({ ...compared, alone: [] }, nameOf).map(({ key }) => key)).toEqual(["constant", "base", "adapter"]);
  });

  it("leave a constant prediction out that is not known, and say of a regression what it is", () => {
    expect(answerRows({ ...compared, constant: null, alone: [] }, nameOf).map(({ key }) => key)).toEqual(["base", "adapter"]);
    const [mean] = answerRows({ ...compared, constant: number(2), alone: [] }, nameOf);
    expect(mean?.about).toBe("the mean of the training rows");
  });
});

describe("classes in columns", () => {
  it("are those that any answer thinks most probable, in the order of the head", () => {
    const rows = [{ answer: classes(0.1, 0.02, 0.6, 0.2, 0.08) }, { answer: classes(0.01, 0.9, 0.04, 0.03, 0.02) }];
    expect(shownClasses(rows, 3)).toEqual([1, 2, 3]);
    expect(shownClasses(rows, 9)).toEqual([0, 1, 2, 3, 4]);
    expect(shownClasses([{ answer: number(1) }], 3)).toEqual([]);
  });

  it("name the class that is answered", () => {
    expect(bestClass(classes(0.1, 0.7, 0.2))).toBe(1);
    expect(bestClass(number(3))).toBeNull();
  });
});

describe("a cell", () => {
  const row = (answer: TextAnswer, isEdited: boolean): AnswerRow => ({ key: "k", name: "n", about: "", answer, isEdited });

  it("has the probability and, under edits, its change in percentage points from the adapter's", () => {
    const cells = cellsOf(row(classes(0.6, 0.4), true), compared.adapter, [0, 1], "probability");
    expect(cells).toEqual([
      { value: "60\u202f%", change: "+40.0 pp", share: 0.6, isBest: true },
      { value: "40\u202f%", change: "−40.0 pp", share: 0.4, isBest: false },
    ]);
    expect(cellsOf(row(classes(0.6, 0.4), false), compared.adapter, [1], "probability")[0]?.change).toBe("");
  });

  it("has the score before softmax where that is asked for", () => {
    const [cell] = cellsOf(row(classes(0.4, 0.6), true), compared.adapter, [0], "score");
    expect(cell).toEqual({ value: "−0.916", change: "+0.693", share: null, isBest: false });
  });

  it("has a regression's number", () => {
    expect(cellsOf(row(number(1.5), true), number(2), [], "probability")).toEqual([
      { value: "1.50", change: "−0.500", share: null, isBest: false },
    ]);
  });
});
