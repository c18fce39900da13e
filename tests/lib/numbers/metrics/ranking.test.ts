import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Ranking, rankingOf } from "@/lib/numbers/metrics/ranking";

type GoldenRanking = Ranking & { readonly positives: number[]; readonly negatives: number[] };
const golden: GoldenRanking[] = JSON.parse(readFileSync("tests/golden/concepts/rankings.json", "utf8"));

describe("A ranking of positives above negatives", () => {
  it("counts pairs, of equal scores half, and averages precision over the positives", () => {
    // Descending: +4 | +2 −2 | −1. Pairs won: 2 + 0.5 + 1 of 4; precision 1/1 and 2/3.
    const ranking = rankingOf(Float32Array.of(2, 4), Float32Array.of(1, 2));
    expect(ranking.auroc).toBe(3.5 / 4);
    expect(ranking.averagePrecision).toBeCloseTo((1 + 2 / 3) / 2, 15);
  });

  it("is a half where all scores are equal, with the share of positives as precision", () => {
    expect(rankingOf(new Float32Array(3), new Float32Array(1))).toEqual({ auroc: 0.5, averagePrecision: 0.75 });
  });

  it.each(golden.map((one, place) => [place, one] as const))("equals scikit-learn's numbers in case %i", (_, one) => {
    const ranking = rankingOf(Float32Array.from(one.positives), Float32Array.from(one.negatives));
    expect(ranking.auroc).toBeCloseTo(one.auroc, 12);
    expect(ranking.averagePrecision).toBeCloseTo(one.averagePrecision, 12);
  });

  it("refuses a side without examples", () => {
    expect(() => rankingOf(new Float32Array(0), new Float32Array(2))).toThrow(
      "a ranking needs positives and negatives, but there are 0 and 2",
    );
  });
});
