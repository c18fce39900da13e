import { describe, expect, it } from "vitest";
import { metrics } from "@/lib/numbers/metrics/metric-names";
import { sampleMean } from "@/lib/numbers/metrics/sample-metric";
import { Random } from "@/lib/numbers/random";
import type { RunRow } from "@/server/db/runs/runs";
import { judgeLines } from "@/server/services/comparison/judge-lines";
import { type LineInput, type MeasuredLine, scoreLine } from "@/server/services/comparison/score-line";
import type { Side } from "@/server/services/comparison/sides";

const rows = 211;
const words = { key: "loss", source: "sums", each: "token", isForgetting: false, benchmarkId: null } as const;

/** A line alone in its scorecard. */
function line({ isOneMethod = false, ...changes }: Partial<LineInput> & { readonly isOneMethod?: boolean }) {
  const [made] = judged([measure(changes)], isOneMethod).lines;
  if (made === undefined) throw new Error("a line is judged to nothing");
  return made;
}

function measure(changes: Partial<LineInput>) {
  return scoreLine({ metric: metrics.loss, first: [], second: [], rows, hasRows: true, ...changes });
}

function judged(lines: readonly MeasuredLine[], isOneMethod = false, margins = {}) {
  const sides = [sideCalled("stan"), sideCalled(isOneMethod ? "stan" : "lora")] as const;
  return judgeLines(
    lines.map((measured) => ({ words: { ...words, ...measured.metric }, measured })),
    [sides[0], { ...sides[1], name: "lora" }],
    margins,
  );
}

/** A side whose runs were told what its name says. */
function sideCalled(name: string): Side {
  const first = {
    imported: null,
    provenance: {},
    config: { name },
    status: "finished",
    derivedFrom: null,
    bakedEdits: null,
  } as unknown as RunRow;
  return { name, first, runs: [first], settings: new Map() };
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

  it("has an interval over seeds only where runs are known by one number each, and says that rows may differ", () => {
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

  it("corrects p for all lines that have one, so that what one line alone would say is no longer said among many", () => {
    // Of 16 rows on which they differ the first has 13 right: p 0.013 by McNemar's mid-p.
    const first = Array.from({ length: rows }, (_, row) => (row < 13 ? 1 : 0));
    const second = Array.from({ length: rows }, (_, row) => (row >= 13 && row < 16 ? 1 : 0));
    const told = () =>
      measure({ metric: metrics.exactMatch, first: [sampleMean(first)], second: [sampleMean(second)], right: [first, second] });
    const same = () =>
      measure({ metric: metrics.exactMatch, first: [sampleMean(first)], second: [sampleMean(first)], right: [first, first] });
    const [alone] = judged([told()]).lines;
    expect(alone?.verdict.kind).toBe("better");
    expect(alone?.correctedPValue).toBe(alone?.pValue);
    const { lines, correctedFor } = judged([
      told(),
      same(),
      same(),
      same(),
      same(),
      measure({ obstacle: "they are of other rows", first: [() => 1], second: [() => 2] }),
    ]);
    expect(correctedFor).toBe(5);
    expect(lines[0]?.correctedPValue).toBeCloseTo(5 * (alone?.pValue ?? 0), 12);
    expect(lines[0]?.verdict).toMatchObject({
      kind: "notDistinguishable",
      text: expect.stringMatching(/corrected for 5 comparisons \(Holm\) p is 0\.06/),
    });
    expect(lines.at(-1)).toMatchObject({ pValue: null, correctedPValue: null });
  });

  it("calls sides equivalent only within a margin that is given, of the metric's own unit, and shows it", () => {
    const common = Array.from({ length: rows }, (_, row) => 2 + (row % 7) / 100);
    const close = () => measure({ first: [sampleMean(common)], second: [sampleMean(common.map((loss, row) => loss + (row % 3) / 1000))] });
    const kindWith = (margins: object) => judged([close()], false, margins).lines[0];
    expect(kindWith({})).toMatchObject({ margin: null, verdict: { kind: "better" } });
    expect(kindWith({ marginPoints: 1 })?.margin).toBeNull();
    expect(kindWith({ marginNats: 0.01 })).toMatchObject({
      margin: 0.01,
      verdict: { kind: "equivalent", text: expect.stringMatching(/within 0\.01/) },
    });
    expect(kindWith({ marginNats: 0.0001 })?.verdict.kind).toBe("better");
    const right = Array.from({ length: rows }, (_, row) => (row < 100 ? 1 : 0));
    const share = measure({ metric: metrics.exactMatch, first: [sampleMean(right)], second: [sampleMean(right)] });
    const correlation = measure({ metric: metrics.matthews, first: [() => 0.5], second: [() => 0.25] });
    const both = judged([share, correlation], false, { marginPoints: 5, marginNats: 1 }).lines;
    expect(both.map(({ margin }) => margin)).toEqual([0.05, null]);
  });
});
