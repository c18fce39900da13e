import { expect, it } from "vitest";
import { appendSteps } from "@/lib/client/run-curve";
import { mostCurvePoints, type RunCurve, type StepMetrics } from "@/lib/contract/run";

const none: RunCurve = { stepsAPoint: 1, metrics: [] };

function stepAt(step: number, loss = 5): StepMetrics {
  return { step, loss, gradNorm: 1, learningRate: 0.1, tokens: step, labelTokens: step, seconds: step };
}

it("puts fresh steps behind those before, and leaves the earlier curve as it is", () => {
  const before = appendSteps(none, [stepAt(1), stepAt(2)]);
  const after = appendSteps(before, [stepAt(3)]);
  expect(before.metrics.map(({ step }) => step)).toEqual([1, 2]);
  expect(after.metrics.map(({ step }) => step)).toEqual([1, 2, 3]);
});

it("lets a resumed run's steps take the place of those measured before", () => {
  const before = appendSteps(
    none,
    [1, 2, 3, 4].map((step) => stepAt(step)),
  );
  expect(appendSteps(before, [stepAt(3, 7)]).metrics.map(({ step, loss }) => [step, loss])).toEqual([
    [1, 5],
    [2, 5],
    [3, 7],
  ]);
});

it("never holds more than its number of points, however many steps come", () => {
  let curve = none;
  for (let from = 1; from < 130_000; from += 1000) {
    curve = appendSteps(
      curve,
      Array.from({ length: 1000 }, (_, at) => stepAt(from + at, from + at === 77_777 ? 99 : 5)),
    );
    expect(curve.metrics.length).toBeLessThanOrEqual(mostCurvePoints);
  }
  expect(curve.metrics.filter(({ lossHigh }) => lossHigh === 99)).toHaveLength(1);
  expect(curve.metrics.reduce((sum, { steps }) => sum + steps, 0)).toBe(130_000);
});
