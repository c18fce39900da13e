import { describe, expect, it } from "vitest";
import { metricsOfTask } from "@/lib/contract/tasks/benchmark-tasks";
import type { Items } from "@/lib/numbers/metrics/item-metrics";
import { type ItemPair, scoreItems } from "@/lib/numbers/metrics/score-items";
import { resultColumns } from "@/tests/support/stored-benchmark";

const rows = 41;
const each = <Value>(value: (row: number) => Value) => Array.from({ length: rows }, (_, row) => value(row));
const tokens = each((row) => (row === 4 ? 0 : 1 + (row % 3)));
const domains = { domains: ["land", "sea"], domainOf: Int32Array.from(each((row) => (row % 2 === 0 ? 0 : 1))) };
const none = { domains: [], domainOf: new Int32Array(rows).fill(-1) };

const unanswered = { predictions: null, targets: null };

function scorePair(
  kind: "languageModel" | "completion",
  pair: { readonly [side in keyof ItemPair]: Omit<Items, "predictions" | "targets"> },
  of: typeof domains,
) {
  const task = kind === "completion" ? ({ kind, answer: "exact", maxNewTokens: 5, stop: [] as string[] } as const) : ({ kind } as const);
  const answered = { adapter: { ...pair.adapter, ...unanswered }, base: { ...pair.base, ...unanswered } };
  return scoreItems({ names: metricsOfTask(task), pair: answered, reference: "the base model", ...of });
}

describe("scoreItems", () => {
  it("weighs losses by label tokens, leaves out rows that were not measured, and gives each domain its own", () => {
    const lossOf = (loss: (row: number) => number) => each((row) => (tokens[row] ?? 0) * loss(row));
    const pair = {
      base: resultColumns(
        lossOf((row) => 3 + (row % 5) / 10),
        tokens,
      ),
      // Lower by 0.5 on land and by 0.25 at sea, whatever the row.
      adapter: resultColumns(
        lossOf((row) => 3 + (row % 5) / 10 - (row % 2 === 0 ? 0.5 : 0.25)),
        tokens,
      ),
    };
    const { metrics, byDomain, ...counts } = scorePair("languageModel", pair, domains);
    const labelTokens = tokens.reduce((sum, count) => sum + count, 0);
    expect(counts).toEqual({ rows: 40, labelTokens });
    const [loss, perplexity] = metrics;
    const wanted = pair.adapter.lossSums.reduce((sum, value) => sum + value, 0) / labelTokens;
    expect(loss?.adapter).toBeCloseTo(wanted, 12);
    expect(perplexity?.adapter).toBeCloseTo(Math.exp(wanted), 10);
    expect(loss?.verdict.kind).toBe("better");
    expect(loss?.difference?.low).toBeLessThan(loss?.difference?.value ?? 0);
    expect(loss?.pValue).toBeNull();
    expect(byDomain.map(({ domain, rows: count }) => [domain, count])).toEqual([
      ["land", 20],
      ["sea", 20],
    ]);
    for (const [place, difference] of [-0.5, -0.25].entries()) {
      const { metric } = byDomain[place] ?? {};
      expect(metric?.difference?.value).toBeCloseTo(difference, 12);
      // 20 rows each.
      expect(metric?.difference).toMatchObject({ low: null, high: null });
    }
  });

  it("gives a run that is its base model a difference of exactly 0 within [0, 0], and calls the two not distinguishable", () => {
    const items = resultColumns(
      each((row) => row / 7 + 1),
      tokens,
    );
    const [loss] = scorePair("languageModel", { adapter: items, base: items }, none).metrics;
    expect(loss?.difference).toEqual({ value: 0, low: 0, high: 0 });
    expect(loss?.verdict.kind).toBe("notDistinguishable");
  });

  it("calls an adapter worse whose loss is higher, and one with more right answers better", () => {
    const answersOf = (right: (row: number) => boolean) => ({ right: each((row) => (right(row) ? 1 : 0)), answers: each(() => "x") });
    const losses = (more: number) => each((row) => (tokens[row] ?? 0) * (2 + (row % 7) / 10 + (row % 3 === 0 ? more : more / 2)));
    const pair = {
      base: resultColumns(
        losses(0),
        tokens,
        answersOf((row) => row % 2 === 0),
      ),
      adapter: resultColumns(
        losses(0.4),
        tokens,
        answersOf((row) => row % 8 !== 1),
      ),
    };
    const [match, loss] = scorePair("completion", pair, none).metrics;
    expect(match).toMatchObject({ name: "exactMatch", adapter: 35 / 40, base: 20 / 40, verdict: { kind: "better" } });
    // Fifteen rows became right and none wrong: 2 · ½¹⁵ less the probability of that split.
    expect(match?.pValue).toBeCloseTo(2 ** -15, 12);
    expect(loss).toMatchObject({ name: "loss", verdict: { kind: "worse" } });
  });

  it("says that fewer rows than an interval can be trusted with cannot be compared", () => {
    const few = resultColumns([1, 2, 3], [1, 1, 1]);
    const [loss] = scorePair("languageModel", { adapter: few, base: few }, { domains: [], domainOf: new Int32Array(3) }).metrics;
    expect(loss?.verdict).toMatchObject({ kind: "notComparable", text: expect.stringContaining("3 examples are too few") });
  });

  it("gives a correlation alone, with its own interval, where the base's is not defined, and leaves out what the run does not have", () => {
    const targets = each((row) => (row * 7) % 13);
    const ones = each(() => 1);
    const answered = (predictions: readonly number[]): Items => ({
      lossSums: predictions.map((value, row) => (value - (targets[row] ?? 0)) ** 2),
      labelTokens: ones,
      right: null,
      rightPerByte: null,
      predictions,
      targets,
    });
    const names = ["pearson", "meanSquaredError"] as const;
    const constant = answered(each(() => 6));
    const about = { names, reference: "a constant prediction", ...none };
    const run = answered(targets.map((target, row) => target + (row % 5) - 2));
    const [pearson, error] = scoreItems({ ...about, pair: { adapter: run, base: constant } }).metrics;
    expect(pearson).toMatchObject({ name: "pearson", base: null, difference: null, pValue: null, verdict: { kind: "notComparable" } });
    expect(pearson?.interval?.low).toBeLessThan(pearson?.adapter ?? 0);
    expect(pearson?.interval?.high).toBeGreaterThan(pearson?.adapter ?? 1);
    expect(error).toMatchObject({ name: "meanSquaredError", interval: null, verdict: { kind: "better" } });
    const flat = scoreItems({ ...about, pair: { adapter: constant, base: run } }).metrics;
    expect(flat.map(({ name }) => name)).toEqual(["meanSquaredError"]);
  });
});
