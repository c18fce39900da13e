import { describe, expect, it } from "vitest";
import { formatDifference } from "@/components/benchmarks/benchmark-words";
import { effectDoubt } from "@/components/latents/effect-doubt";
import { evaluationVerdict } from "@/components/studies/evaluation/evaluation-verdict";
import { formatScoreDifference } from "@/lib/comparison/score-words";
import { fewestExamples } from "@/lib/numbers/statistics/enough-examples";
import { summariseEffect } from "@/server/engine/effects/effect-summary";
import { compareLosses } from "@/server/engine/evaluation/compare-losses";
import { estimateOf } from "@/server/engine/evaluation/estimate";
import { summariseScores } from "@/server/engine/tasks/answers/effects/score-changes";
import { classification } from "@/server/engine/tasks/classification/classification";
import { regression } from "@/server/engine/tasks/regression/regression";

/** Values that differ from row to row. */
const spread = (rows: number) => Array.from({ length: rows }, (_, row) => (row * 7) % 5);

/** Everything that gives an interval over so many examples, by name: the interval, or null. */
function intervalsOver(rows: number): Record<string, unknown> {
  const values = spread(rows);
  const losses = values.map((value) => ({ lossSum: value, labelTokens: 1 }));
  const zero = values.map(() => ({ lossSum: 0, labelTokens: 1 }));
  const effect = summariseEffect(
    { labelTokens: new Int32Array(rows).fill(1), domains: values.map(() => "a") },
    { deltas: Float64Array.from(values), firings: new Int32Array(rows).fill(1) },
  );
  const scores = summariseScores(regression, { unchanged: Float32Array.from(values), ablated: new Float32Array(rows) }, 1);
  const [accuracy] = classification.metrics(
    Float32Array.from(values.flatMap((value) => [value, 2])),
    values.map((value) => value % 2),
    { trainRows: [3, 2] },
  );
  return {
    "a run's evaluation": compareLosses(
      losses,
      zero,
      values.map(() => null),
    ).differenceHalfWidth,
    "an estimate of a study": estimateOf(values).halfWidth,
    "an ablation": effect.halfWidth,
    "an ablation a firing": effect.perFiringHalfWidth,
    "an ablation by domain": effect.byDomain[0]?.halfWidth,
    "an answer's change": scores?.scores[0]?.halfWidth,
    "an accuracy": accuracy?.low,
  };
}

describe("an interval over too few examples", () => {
  it.each(Object.keys(intervalsOver(fewestExamples)))("is not given by %s, and is from the stated number on", (name) => {
    expect(intervalsOver(fewestExamples - 1)[name]).toBeNull();
    expect(intervalsOver(fewestExamples)[name]).toEqual(expect.any(Number));
  });

  it("of a latent that fires in one row is none, however many rows were read", () => {
    const firings = new Int32Array(64);
    firings[3] = 1;
    const deltas = new Float64Array(64);
    deltas[3] = 0.5;
    const effect = summariseEffect({ labelTokens: new Int32Array(64).fill(1), domains: Array(64).fill(null) }, { deltas, firings });
    expect(effect).toMatchObject({ perFiring: 0.5, perFiringHalfWidth: null, halfWidth: expect.any(Number) });
    expect(effectDoubt(0.5, null)).toContain("too few for an interval");
  });

  it("is named where it would be printed: comparison, benchmarks, studies", () => {
    const difference = { value: 0.05, low: null, high: null };
    expect(formatScoreDifference({ unit: "share", difference, rows: 16 })?.interval).toBe("n = 16: too few for an interval");
    expect(formatDifference({ name: "accuracy", difference }, 16)?.interval).toBe("n = 16: too few for an interval");
    expect(evaluationVerdict({ change: { mean: -8.7, halfWidth: 42, count: 2 } })).toBe(
      "Change of loss −8.700 nats; n = 2: too few for an interval.",
    );
  });
});
