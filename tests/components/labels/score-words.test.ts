import { expect, it } from "vitest";
import { scoreWords } from "@/components/labels/score-words";

it("says a score with what it is out of", () => {
  expect(scoreWords({ precision: 0.857, recall: 0.6, firing: 10, quiet: 13, judge: "small-model" })).toBe(
    "On 23 unseen contexts, 10 of them firing: precision 0.86, recall 0.60, judged by small-model.",
  );
});

it("says that a precision without any guess is undefined", () => {
  expect(scoreWords({ precision: null, recall: 0, firing: 5, quiet: 5, judge: "j" })).toContain("precision undefined, recall 0.00");
});
