import { describe, expect, it } from "vitest";
import { type AddBenchmarkInput, addBenchmarkRequest } from "@/lib/contract/benchmark";
import { comparedItemQuery, scorecardQuery } from "@/lib/contract/comparison";
import { macroF1Over, matthewsOver } from "@/lib/numbers/metrics/classification";
import { pearsonOver } from "@/lib/numbers/metrics/correlation";
import type { RunRow } from "@/server/db/runs/runs";
import { addBenchmark } from "@/server/services/benchmarks/benchmarks";
import { compareItems } from "@/server/services/comparison/compared-items";
import { compareScores } from "@/server/services/comparison/scorecard";
import { comparedRun, someLora } from "@/tests/support/compared-run";
import { freshContext } from "@/tests/support/service-context";
import { resultColumns, storedDataSet, storeResults } from "@/tests/support/stored-benchmark";

const context = await freshContext();
const { store } = context;
const moods = ["bored", "glad", "sad"];
const data = Array.from({ length: 59 }, (_, row) => ({
  text: `text ${row}`,
  mood: moods[row % 3] ?? "",
  score: (row * 7) % 23,
  place: row % 2 === 0 ? "land" : "sea",
}));
const ones = data.map(() => 1);
const { dataSetId } = await storedDataSet(store, context.dataFolder, data, { domains: ["land", "sea"] });
const mapping = { kind: "labelled" as const, text: "text", label: "mood", domain: "place" };

function add(task: AddBenchmarkInput["task"], label: "mood" | "score") {
  const rows = { dataSetId, mapping: { ...mapping, label }, part: { kind: "all" as const } };
  return addBenchmark(context, addBenchmarkRequest.parse({ name: "moods", task, rows }));
}

/** A run's classes, wrong at these rows, where it says the next class. */
function classesOf(isWrong: (row: number) => boolean) {
  const answers = data.map(({ mood }, row) => (isWrong(row) ? (moods[(moods.indexOf(mood) + 1) % 3] ?? "") : mood));
  const right = data.map((_, row) => (isWrong(row) ? 0 : 1));
  return resultColumns(
    right.map((is) => (is === 1 ? 0.25 : 2)),
    ones,
    { right, answers },
  );
}
const constant = resultColumns(ones, ones, { right: data.map(({ mood }) => (mood === "bored" ? 1 : 0)), answers: data.map(() => "bored") });

const idsOf = (runs: readonly RunRow[]) => runs.map(({ id }) => id).join(",");
const scores = (runs: readonly RunRow[]) => compareScores(context, scorecardQuery.parse({ runs: idsOf(runs) }));
const task = { kind: "classification" as const, labels: [...moods] };

describe("two classifiers on a benchmark of classes", () => {
  it("are compared row by row: accuracy by McNemar's test, macro F1 and Matthews by resampling the same rows on both sides", async () => {
    const benchmark = await add({ kind: "classification", metric: "matthews" }, "mood");
    const runs = [await comparedRun(store, { name: "stan", task }), await comparedRun(store, { name: "lora", adapter: someLora, task })];
    const wrong = [(row: number) => row < 6, (row: number) => row < 25];
    for (const [at, run] of runs.entries())
      await storeResults(
        store,
        { benchmarkId: benchmark.id, runId: run.id },
        { adapter: classesOf(wrong[at] ?? (() => false)), base: constant },
      );
    const { lines, missing, scores: plotted, domains } = await scores(runs);
    expect(missing).toEqual([]);
    expect(lines.map(({ label, each, basis }) => [label, each, basis])).toEqual([
      ["Matthews correlation", "row", "rows"],
      ["accuracy", "row", "rows"],
      ["macro F1", "row", "rows"],
      ["loss", "row", "rows"],
    ]);
    const numbers = (isWrong: (row: number) => boolean) => {
      const labels = data.map(({ mood }) => moods.indexOf(mood));
      return [labels.map((label, row) => (isWrong(row) ? (label + 1) % 3 : label)), labels] as const;
    };
    const [correlation, accuracy, f1] = lines;
    for (const [line, metric] of [
      [correlation, matthewsOver],
      [f1, macroF1Over],
    ] as const) {
      const [first, second] = wrong.map((isWrong) => metric(...numbers(isWrong))());
      expect(line?.difference?.value).toBeCloseTo((first ?? 0) - (second ?? 0), 12);
      expect(line?.difference?.low).toBeGreaterThan(0);
      expect(line?.verdict.kind).toBe("better");
    }
    // Nineteen rows are right on one side alone: McNemar's mid-p is that of one such split.
    expect(accuracy?.pValue).toBeCloseTo(0.5 ** 19, 12);
    expect(accuracy?.difference?.value).toBeCloseTo(19 / 59, 12);
    expect(plotted.map(({ label, values }) => [label, values.length])).toContainEqual(["Matthews correlation", 2]);
    const [ofBenchmark] = domains;
    expect(ofBenchmark).toMatchObject({ metric: { label: "Matthews correlation" }, against: "constantAnswer" });
    // A constant prediction has a Matthews correlation of 0.
    for (const { values, changes } of ofBenchmark?.sides ?? []) expect(values).toEqual(changes);
  });

  it("are compared over seeds, and their rows read as the classes that were answered", async () => {
    const benchmark = await add({ kind: "classification" }, "mood");
    const side = async (adapter: typeof someLora | undefined, shift: number) => {
      const runs: RunRow[] = [];
      for (const seed of [1, 2]) {
        const run = await comparedRun(store, { task, seed, ...(adapter === undefined ? {} : { adapter }) });
        const isWrong = (row: number) => row % 7 === seed || row < shift;
        await storeResults(store, { benchmarkId: benchmark.id, runId: run.id }, { adapter: classesOf(isWrong), base: constant });
        runs.push(run);
      }
      return runs;
    };
    const runs = [...(await side(undefined, 0)), ...(await side(someLora, 12))];
    const { lines } = await scores(runs);
    const accuracy = lines.find(({ benchmarkId, label }) => benchmarkId === benchmark.id && label === "accuracy");
    expect(accuracy).toMatchObject({ basis: "rowsAndSeeds", verdict: { kind: "better" } });
    expect(accuracy?.bySeed).toHaveLength(2);
    const items = await compareItems(
      context,
      comparedItemQuery.parse({ runs: idsOf(runs), benchmark: benchmark.id, sort: "row", order: "asc" }),
    );
    expect(items.items[1]).toMatchObject({
      row: 1,
      reference: "glad",
      first: { answer: "sad", rightShare: 0.5 },
      second: { rightShare: 0 },
    });
    expect(items.counts).toMatchObject({ secondOnly: 0 });
    expect(items.counts.firstOnly).toBeGreaterThan(5);
  });
});

describe("two regressions on a benchmark of numbers", () => {
  it("are compared by correlation with each other, though a constant prediction has none", async () => {
    const benchmark = await add({ kind: "regression", glue: null }, "score");
    const regression = { kind: "regression" as const };
    const runs = [
      await comparedRun(store, { name: "stan", task: regression }),
      await comparedRun(store, { name: "lora", adapter: someLora, task: regression }),
    ];
    const given = [1, 9].map((noise) => data.map(({ score }, row) => score + (noise * (((row * 13) % 11) - 5)) / 5));
    const squared = (numbers: readonly number[]) => numbers.map((number, row) => (number - (data[row]?.score ?? 0)) ** 2);
    const columns = (numbers: readonly number[]) => ({ ...resultColumns(squared(numbers), ones), answers: numbers.map(String) });
    const base = columns(data.map(() => 11));
    for (const [at, run] of runs.entries())
      await storeResults(store, { benchmarkId: benchmark.id, runId: run.id }, { adapter: columns(given[at] ?? []), base });
    const { lines, domains } = await scores(runs);
    expect(lines.map(({ label }) => label)).toEqual(["Pearson correlation", "Spearman correlation", "mean squared error"]);
    const targets = data.map(({ score }) => score);
    const [first, second] = given.map((numbers) => pearsonOver(numbers, targets)());
    expect(lines[0]?.difference?.value).toBeCloseTo((first ?? 0) - (second ?? 0), 12);
    expect(lines[0]?.difference?.low).toBeGreaterThan(0);
    expect(lines[0]?.verdict.kind).toBe("better");
    expect(domains[0]?.sides.map(({ changes }) => changes)).toEqual([
      [null, null],
      [null, null],
    ]);
    const { items } = await compareItems(context, comparedItemQuery.parse({ runs: idsOf(runs), benchmark: benchmark.id, sort: "row" }));
    expect(items[0]?.first.rightShare).toBeNull();
    expect(Number(items[0]?.first.answer)).toBe(given[0]?.[items[0]?.row ?? 0]);
  });
});
