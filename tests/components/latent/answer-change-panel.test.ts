import { expect, it } from "vitest";
import { changesOf } from "@/components/latent/answer-change-panel";
import { lossKindOf, lossWords } from "@/components/latent/loss-words";

const mean = (value: number) => ({ mean: value, halfWidth: 0.01 });

it("parts classes into those that go up and those that go down, the most changed first", () => {
  const answer = {
    kind: "classes",
    rows: 5,
    classes: [
      { label: "a", score: mean(0.2), probability: mean(-0.1) },
      { label: "b", score: mean(-3), probability: mean(-0.3) },
      { label: "c", score: mean(0.5), probability: mean(0.4) },
      { label: "d", score: mean(0), probability: mean(0) },
    ],
  } as const;
  const names = ({ raised, lowered }: ReturnType<typeof changesOf>) => [raised, lowered].map((list) => list.map(({ token }) => token));
  expect(names(changesOf({ ...answer, classes: [...answer.classes] }, "probability"))).toEqual([["c"], ["b", "a"]]);
  expect(names(changesOf({ ...answer, classes: [...answer.classes] }, "score"))).toEqual([["c", "a"], ["b"]]);
});

it("calls an effect after what the run learns", () => {
  const config = (task: unknown) => ({ config: { task } }) as Parameters<typeof lossKindOf>[0];
  expect(lossKindOf(undefined)).toBe("languageModel");
  expect(lossKindOf(config(undefined))).toBe("languageModel");
  expect(lossKindOf(config({ kind: "classification", labels: null }))).toBe("classification");
  expect(lossWords(lossKindOf(config({ kind: "regression" })))).toEqual({
    name: "Δ squared error",
    unit: "squared error",
    each: "per row",
  });
});
