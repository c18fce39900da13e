import { expect, it } from "vitest";
import { answerCurves } from "@/components/steering/tasks/answers/dose/answer-curves";
import type { AnswerDose, TextAnswer } from "@/lib/contract/read-text";

const classes = (...probabilities: number[]): TextAnswer => ({
  kind: "classes",
  classes: probabilities.map((probability, at) => ({ label: `c${at}`, probability, score: 10 * probability })),
});
const number = (value: number): TextAnswer => ({ kind: "number", value });

const dose: AnswerDose = {
  kind: "dose",
  adapter: classes(0.4, 0.6),
  base: classes(0.5, 0.5),
  points: [
    { value: 0, answer: classes(0.3, 0.7) },
    { value: 2, answer: classes(0.9, 0.1) },
  ],
  controls: [
    { index: 3, factor: 1, points: [{ value: 0, answer: classes(0.45, 0.55) }] },
    {
      index: 5,
      factor: 2,
      points: [
        { value: 0, answer: classes(0.35, 0.65) },
        { value: 2, answer: classes(0.2, 0.8) },
      ],
    },
  ],
};

it("draws a curve a class, with the adapter, the base model and the reach of the random latents", () => {
  const [first, second] = answerCurves(dose, "probability");
  expect(first).toMatchObject({ title: "c0", unit: "probability", adapter: 0.4, base: 0.5, reference: "adapter" });
  expect(first?.points).toEqual([
    { x: 0, y: 0.3, halfWidth: null },
    { x: 2, y: 0.9, halfWidth: null },
  ]);
  expect(first?.band).toEqual([
    { x: 0, low: 0.35, high: 0.45, count: 2 },
    { x: 2, low: 0.2, high: 0.2, count: 1 },
  ]);
  expect(second?.points.map(({ y }) => y)).toEqual([0.7, 0.1]);
  expect(answerCurves(dose, "score")[1]).toMatchObject({ unit: "logit", adapter: 6 });
});

it("draws of many classes those that any value thinks most probable", () => {
  const many = { ...dose, controls: [], points: [{ value: 1, answer: classes(0.01, 0.02, 0.03, 0.04, 0.5, 0.4) }] };
  const curves = answerCurves(
    { ...many, adapter: classes(0.9, 0.02, 0.02, 0.02, 0.02, 0.02), base: many.points[0]?.answer ?? number(0) },
    "probability",
  );
  expect(curves.map(({ title }) => title)).toEqual(["c0", "c3", "c4", "c5"]);
  expect(curves[0]?.band).toEqual([]);
});

it("draws of a regression its number", () => {
  const points = [{ value: 1, answer: number(2.5) }];
  const [curve] = answerCurves({ kind: "dose", adapter: number(1), base: number(0), points, controls: [] }, "probability");
  expect(curve).toMatchObject({ title: "Number", adapter: 1, base: 0, points: [{ x: 1, y: 2.5, halfWidth: null }] });
});
