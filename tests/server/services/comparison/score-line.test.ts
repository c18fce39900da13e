import { describe, expect, it } from "vitest";
import { metrics } from "@/lib/numbers/metrics/metric-names";
import { sampleMean } from "@/lib/numbers/metrics/sample-metric";
import { Random } from "@/lib/numbers/random";
import { type LineInput, scoreLine } from "@/server/services/comparison/score-line";

const rows = 211;
const names = ["stan", "lora"] as const;

function line(changes: Partial<LineInput>) {
  return scoreLine({ metric: metrics.loss, names, isOneMethod: false, first: [], second: [], rows, hasRows: true, ...changes });
}

/** Losses of one run: what rows have in common, what the seed does to all of them, and what is of row and seed together. */
function lossesOf(common: readonly number[], random: Random, seedSpread: number, shift = 0): number[] {
  const ofSeed = seedSpread * random.nextNormal() + shift;
  return common.map((loss) => loss + ofSeed + 0.1 * random.nextNormal());
}

describe("a line of the scorecard", () => {
  it("gives 0 within [0, 0] for a run against itself", () => {
    const metric = sampleMean(Array.from({ length: rows }, (_, row) => row / 100));
    const made = line({ first: [metric], second: [metric] });
    expect(made.difference).toEqual({ value: 0, low: 0, high: 0 });
    expect(made.verdict).toEqual({
      kind: "notDistinguishable",
      text: "stan and lora are not distinguishable: loss is the same on all 211 examples.",
    });
  });

  it("does not tell two seeds of one method apart in at least 90 of 100 simulated comparisons", () => {
    const few = 43;
    const random = new Random(5);
    const common = Array.from({ length: few }, () => 2 + random.nextNormal());
    const kinds = (seeds: number, isOneMethod: boolean) =>
      Array.from({ length: 100 }, () => {
        const side = () => Array.from({ length: seeds }, () => sampleMean(lossesOf(common, random, 0.05)));
        return line({ first: side(), second: side(), isOneMethod, rows: few }).verdict.kind;
      }).filter((kind) => kind === "notDistinguishable").length;
    expect(kinds(1, true)).toBeGreaterThanOrEqual(90);
    expect(kinds(3, false)).toBeGreaterThanOrEqual(90);
  }, 60_000);

  it("tells methods apart that differ by more than their seeds do, over rows and seeds", () => {
    const random = new Random(7);
    const common = Array.from({ length: rows }, () => 2 + random.nextNormal());
    const side = (shift: number) => Array.from({ length: 3 }, () => sampleMean(lossesOf(common, random, 0.01, shift)));
    const made = line({ first: side(-0.2), second: side(0) });
    expect(made.basis).toBe("rowsAndSeeds");
    expect(made.verdict.kind).toBe("better");
    expect(made.first.sd).toBeGreaterThan(0);
    expect(made.bySeed).toHaveLength(3);
  });

  it("asks McNemar's test as well where two runs are right or wrong row by row", () => {
    const right = Array.from({ length: rows }, (_, row) => (row < 100 ? 1 : 0));
    const other = Array.from({ length: rows }, (_, row) => (row < 90 ? 1 : 0));
    const made = line({ metric: metrics.exactMatch, first: [sampleMean(right)], second: [sampleMean(other)], right: [right, other] });
    expect(made.pValue).toBeCloseTo(2 * 0.5 ** 10 - 0.5 ** 10, 12);
    expect(made.verdict.kind).toBe("better");
    const even = line({ metric: metrics.exactMatch, first: [sampleMean(right)], second: [sampleMean(other)], right: [right, right] });
    expect(even.verdict.kind).toBe("notDistinguishable");
  });

  it("has an interval over seeds alone where runs are known by one number each, and says that rows may differ", () => {
    const made = line({ hasRows: false, first: [() => 1.9, () => 1.91, () => 1.92], second: [() => 2, () => 2.011, () => 2.019] });
    // t of 2 degrees is 4.3027; the differences −0.1, −0.101, −0.099 have variance 10⁻⁶.
    expect(made.difference?.high).toBeCloseTo(-0.1 + (4.3027 * 0.001) / Math.sqrt(3), 6);
    expect(made.basis).toBe("seeds");
    expect(made.verdict.text).toMatch(/other seeds on these examples; other examples may differ/);
  });

  it("shows numbers without an interval where there is an obstacle", () => {
    const made = line({ first: [() => 1], second: [() => 2], obstacle: "they are of other rows" });
    expect(made).toMatchObject({ difference: null, basis: "none", first: { mean: 1 }, second: { mean: 2 } });
    expect(made.verdict).toEqual({ kind: "notComparable", text: "stan and lora cannot be compared: they are of other rows." });
  });
});
