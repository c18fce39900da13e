import { describe, expect, it } from "vitest";
import { type AddBenchmarkInput, addBenchmarkRequest } from "@/lib/contract/benchmark";
import { comparedItemQuery, scorecardQuery } from "@/lib/contract/comparison";
import type { ResultColumns } from "@/server/db/benchmarks/results";
import type { RunRow } from "@/server/db/runs/runs";
import { addBenchmark } from "@/server/services/benchmarks/benchmarks";
import { compareItems } from "@/server/services/comparison/compared-items";
import { compareScores } from "@/server/services/comparison/scorecard";
import { comparedRun, someLora } from "@/tests/support/compared-run";
import { freshContext } from "@/tests/support/service-context";
import { resultColumns, storedDataSet, storeResults } from "@/tests/support/stored-benchmark";

const context = await freshContext();
const { store } = context;
const numRows = 41;
const mapping = { kind: "promptCompletion" as const, prompt: "prompt", completion: "completion", domain: "place" };
const rows = Array.from({ length: numRows }, (_, row) => ({
  prompt: `What is ${row}?`,
  completion: ` It is ${row}.`,
  place: row % 2 === 0 ? "land" : "sea",
}));
const { dataSetId } = await storedDataSet(store, context.dataFolder, rows, { domains: ["land", "sea"] });

const add = (changes: Partial<AddBenchmarkInput> = {}) =>
  addBenchmark(
    context,
    addBenchmarkRequest.parse({
      name: "sums",
      task: { kind: "completion" },
      rows: { dataSetId, mapping, part: { kind: "all" } },
      ...changes,
    }),
  );

/** Two label tokens a row; a loss a row, and which rows are right. */
function columns(loss: (row: number) => number, isRight: (row: number) => boolean, tokens = 2): ResultColumns {
  const places = rows.map((_, row) => row);
  return resultColumns(
    places.map((row) => tokens * loss(row)),
    places.map(() => tokens),
    {
      right: places.map((row) => (isRight(row) ? 1 : 0)),
      answers: places.map((row) => `answer ${row}`),
    },
  );
}
const base = columns(
  () => 3,
  () => false,
);

const idsOf = (runs: readonly RunRow[]) => runs.map(({ id }) => id).join(",");
const scores = (runs: readonly RunRow[]) => compareScores(context, scorecardQuery.parse({ runs: idsOf(runs) }));

describe("the scorecard", () => {
  it("pairs two runs over the rows of a benchmark, with McNemar's p for answers", async () => {
    const benchmark = await add();
    const [stan, lora] = [await comparedRun(store, { name: "stan" }), await comparedRun(store, { name: "lora", adapter: someLora })];
    await storeResults(
      store,
      { benchmarkId: benchmark.id, runId: stan.id },
      {
        base,
        adapter: columns(
          (row) => 2 - row / 1000,
          (row) => row < 30,
        ),
      },
    );
    await storeResults(
      store,
      { benchmarkId: benchmark.id, runId: lora.id },
      {
        base,
        adapter: columns(
          () => 2.5,
          (row) => row < 20,
        ),
      },
    );
    const { lines, pairs, missing } = await scores([stan, lora]);
    expect(pairs).toEqual([{ first: stan.id, second: lora.id }]);
    expect(missing).toEqual([]);
    const [match, loss] = lines;
    expect(match).toMatchObject({ key: `${benchmark.id}:exactMatch`, source: "sums", basis: "rows", rows: numRows, better: "higher" });
    expect(match?.first.mean).toBeCloseTo(30 / 41, 12);
    expect(match?.pValue).toBeCloseTo(0.5 ** 10, 12);
    expect(match?.verdict.kind).toBe("better");
    expect(loss?.difference?.value).toBeCloseTo(-0.52, 12);
    expect(loss?.verdict).toMatchObject({
      kind: "better",
      text: expect.stringMatching(/^stan is better than lora: loss is lower by 0\.5/),
    });
  });

  it("gives exactly 0 for a run beside itself, on every line", async () => {
    const benchmark = await add();
    const run = await comparedRun(store, { losses: [3, 2] });
    await storeResults(
      store,
      { benchmarkId: benchmark.id, runId: run.id },
      {
        base,
        adapter: columns(
          (row) => 2 + row / 7,
          (row) => row % 3 === 0,
        ),
      },
    );
    const { lines } = await scores([run, run]);
    expect(lines.map(({ label }) => label)).toEqual(["exact match", "loss", "evaluation loss"]);
    for (const { difference, verdict } of lines) {
      expect(difference).toEqual({ value: 0, low: 0, high: 0 });
      expect(verdict.kind).toBe("notDistinguishable");
    }
  });

  it("does not tell two seeds of one configuration apart, however far their rows are", async () => {
    const benchmark = await add({ task: { kind: "languageModel" } });
    const seeds = [await comparedRun(store, { seed: 1 }), await comparedRun(store, { seed: 2 })];
    for (const [place, { id: runId }] of seeds.entries())
      await storeResults(
        store,
        { benchmarkId: benchmark.id, runId },
        {
          base,
          adapter: columns(
            () => 2 + place,
            () => false,
          ),
        },
      );
    const [line] = (await scores(seeds)).lines;
    expect(line?.difference).toEqual({ value: -1, low: -1, high: -1 });
    expect(line?.verdict).toMatchObject({ kind: "notDistinguishable", text: expect.stringMatching(/one seed each/) });
  });

  it("compares evaluations of trainings over seeds only, and says why there is no interval for one seed each", async () => {
    const side = async (adapter: typeof someLora | undefined, losses: readonly number[]) => {
      const runs: RunRow[] = [];
      for (const [seed, loss] of losses.entries())
        runs.push(await comparedRun(store, { seed, losses: [3, loss], ...(adapter === undefined ? {} : { adapter }) }));
      return runs;
    };
    const [stan, lora] = [await side(undefined, [2, 2.01]), await side(someLora, [2.5, 2.511])];
    const [line] = (await scores([...stan, ...lora])).lines;
    expect(line).toMatchObject({ key: "evaluation", basis: "seeds", rows: 37, verdict: { kind: "better" } });
    expect(line?.bySeed[1]).toBeCloseTo(-0.501, 12);
    const [alone] = (await scores([...stan.slice(0, 1), ...lora.slice(0, 1)])).lines;
    expect(alone).toMatchObject({ basis: "none", difference: null, verdict: { kind: "notComparable" } });
    expect(alone?.verdict.text).toMatch(/each side has one run; measure their held-out rows to compare them row by row/);
  });

  it("pairs evaluations of trainings over the rows whose losses they kept, one seed each", async () => {
    const losses = Array.from({ length: 37 }, (_, row) => 20 + (row % 5));
    const run = (by: number, adapter = someLora) =>
      comparedRun(store, { adapter, losses: [3, 2.2], rowLosses: losses.map((sum, row) => sum + by * (1 + (row % 2))) });
    const [stan, lora] = [await run(0), await run(0.5, { ...someLora, rank: 2 })];
    const [line] = (await scores([stan, lora])).lines;
    expect(line).toMatchObject({ key: "evaluation", basis: "rows", rows: 37, verdict: { kind: "better" } });
    // (19 × 0.5 + 18 × 1) / 370
    expect(line?.difference?.value).toBeCloseTo(-27.5 / 370, 12);
    expect(line?.difference?.low).toBeLessThan(-27.5 / 370);
    expect(line?.difference?.high).toBeLessThan(0);
    const older = await comparedRun(store, { adapter: { ...someLora, rank: 4 }, losses: [3, 2.4] });
    expect((await scores([stan, older])).lines[0]).toMatchObject({ basis: "none", verdict: { kind: "notComparable" } });
  });

  it("leaves evaluations of the training out where a benchmark reads the same rows, which would be counted twice", async () => {
    const rowsOf = (validationRows: number) => ({ dataSetId, mapping, part: { kind: "heldOut" as const, validationRows } });
    const same = await add({ name: "held out", task: { kind: "languageModel" }, rows: rowsOf(numRows - 1) });
    const adapter = columns(
      () => 2,
      () => false,
    );
    const runsOn = async (id: string, validationRows = numRows - 1) => {
      const changes = { losses: [3, 2], dataSetId: id, data: { validationRows } } as const;
      const runs = [await comparedRun(store, changes), await comparedRun(store, { ...changes, adapter: someLora })];
      for (const { id: runId } of runs) await storeResults(store, { benchmarkId: same.id, runId }, { base, adapter });
      return (await scores(runs)).lines.map(({ key }) => key);
    };
    expect(await runsOn(dataSetId)).toEqual([`${same.id}:loss`]);
    expect(await runsOn(dataSetId, 7)).toEqual([`${same.id}:loss`, "evaluation"]);
    expect(await runsOn("elsewhere")).toEqual([`${same.id}:loss`, "evaluation"]);
  });

  it("says of general text what each adapter adds to the base model's loss", async () => {
    const benchmark = await add({ name: "general", isGeneral: true, task: { kind: "languageModel" } });
    const runs = [await comparedRun(store, {}), await comparedRun(store, { adapter: someLora })];
    for (const [place, { id: runId }] of runs.entries())
      await storeResults(
        store,
        { benchmarkId: benchmark.id, runId },
        {
          base,
          adapter: columns(
            () => 3.25 + place / 4,
            () => false,
          ),
        },
      );
    const { lines, scores: plotted } = await scores(runs);
    expect(lines[0]).toMatchObject({ label: "forgetting", isForgetting: true, first: { mean: 0.25 }, second: { mean: 0.5 } });
    expect(plotted.find(({ isForgetting }) => isForgetting)?.values.map(({ value }) => value)).toEqual([0.25, 0.5]);
  });

  it("refuses losses of rows that are cut into other tokens, in place, and still compares the answers", async () => {
    const benchmark = await add();
    const runs = [await comparedRun(store, {}), await comparedRun(store, { adapter: someLora })];
    for (const [place, { id: runId }] of runs.entries())
      await storeResults(
        store,
        { benchmarkId: benchmark.id, runId },
        {
          base,
          adapter: columns(
            () => 2,
            () => true,
            2 + place,
          ),
        },
      );
    const { lines } = await scores(runs);
    expect(lines.map(({ label, verdict }) => [label, verdict.kind])).toEqual([
      ["exact match", "notDistinguishable"],
      ["loss", "notComparable"],
    ]);
  });

  it("calls the loss of a regression what it is", async () => {
    const task = { kind: "regression" as const };
    const runs = [
      await comparedRun(store, { task, losses: [3, 2] }),
      await comparedRun(store, { task, adapter: someLora, losses: [3, 2.5] }),
    ];
    const { lines, scores: plotted } = await scores(runs);
    for (const words of [lines[0], plotted[0]])
      expect(words).toMatchObject({ key: "evaluation", label: "mean squared error", unit: "number" });
    const [other] = (await scores([...runs.slice(0, 1), await comparedRun(store, { adapter: someLora, losses: [3, 2.5] })])).lines;
    expect(other?.verdict.kind).toBe("notComparable");
  });

  it("does not compare evaluations on other rows", async () => {
    const runs = [
      await comparedRun(store, { losses: [3, 2] }),
      await comparedRun(store, { adapter: someLora, data: { validationRows: 7 }, losses: [3, 2.5] }),
    ];
    const [line] = (await scores(runs)).lines;
    expect(line).toMatchObject({
      key: "evaluation",
      difference: null,
      verdict: { text: expect.stringMatching(/different rows in training/) },
    });
  });

  it("names the runs that a benchmark lacks, those measured at an earlier step among them, and no run that is in training", async () => {
    const benchmark = await add();
    const [old, never] = [await comparedRun(store, {}), await comparedRun(store, { adapter: someLora })];
    const running = await comparedRun(store, { adapter: someLora, seed: 7, status: "running" });
    await storeResults(store, { benchmarkId: benchmark.id, runId: old.id, step: 2 }, { base, adapter: base });
    const { missing } = await scores([old, never, running]);
    expect(missing.find(({ benchmarkId }) => benchmarkId === benchmark.id)).toEqual({
      benchmarkId: benchmark.id,
      name: "sums",
      isGeneral: false,
      runs: [old.id, never.id],
      isUnderway: false,
      jobs: [],
    });
  });

  it("gives what each side makes of each domain, and says whether they were trained on different ones", async () => {
    const benchmark = await add({ name: "domains", task: { kind: "languageModel" } });
    const runs = [await comparedRun(store, { data: { domains: ["land"] } }), await comparedRun(store, { data: { domains: ["sea"] } })];
    const again = await comparedRun(store, { adapter: someLora, data: { domains: ["land"] } });
    for (const [place, { id: runId }] of [...runs, again].entries()) {
      const adapter = columns(
        (row) => (row % 2 === place % 2 ? 2 : 3.5),
        () => false,
      );
      await storeResults(store, { benchmarkId: benchmark.id, runId }, { base, adapter });
    }
    const [across] = (await scores(runs)).domains.filter(({ name }) => name === "domains");
    expect(across).toEqual({
      benchmarkId: benchmark.id,
      name: "domains",
      domains: ["land", "sea"],
      metric: { label: "loss", better: "lower", unit: "nats" },
      against: "baseModel",
      sides: [
        { side: 0, values: [2, 3.5], changes: [-1, 0.5] },
        { side: 1, values: [3.5, 2], changes: [0.5, -1] },
      ],
      isAcross: true,
    });
    const [alike] = (await scores([...runs.slice(0, 1), again])).domains.filter(({ name }) => name === "domains");
    expect(alike?.isAcross).toBe(false);
  });

  it("compares the answers of classifiers' trainings over seeds", async () => {
    const task = { kind: "classification" as const, labels: ["no", "yes"] };
    const side = async (adapter: typeof someLora | undefined, accuracies: readonly number[]) => {
      const runs: RunRow[] = [];
      for (const [seed, accuracy] of accuracies.entries())
        runs.push(await comparedRun(store, { task, seed, accuracy, losses: [3, 2], ...(adapter === undefined ? {} : { adapter }) }));
      return runs;
    };
    const runs = [...(await side(undefined, [0.8, 0.81])), ...(await side(someLora, [0.7, 0.711]))];
    const { lines, scores: plotted, correctedFor } = await scores(runs);
    expect(lines.map(({ key, label, each, unit }) => [key, label, each, unit])).toEqual([
      ["evaluation:accuracy", "accuracy", "row", "share"],
      ["evaluation", "evaluation loss", "row", "nats"],
    ]);
    expect(lines[0]).toMatchObject({ basis: "seeds", first: { mean: 0.805 }, better: "higher" });
    expect(correctedFor).toBe(2);
    expect(plotted.map(({ key, values }) => [key, values.length])).toEqual([
      ["evaluation:accuracy", 4],
      ["evaluation", 4],
    ]);
  });
});

describe("rows of two sides", () => {
  it("are read as means over the paired runs, sorted, filtered by which side alone is right, and paged", async () => {
    const benchmark = await add();
    const stan = [await comparedRun(store, { seed: 1 }), await comparedRun(store, { seed: 2 })];
    const lora = [await comparedRun(store, { seed: 1, adapter: someLora }), await comparedRun(store, { seed: 2, adapter: someLora })];
    const store2 = (run: RunRow | undefined, adapter: ResultColumns) =>
      storeResults(store, { benchmarkId: benchmark.id, runId: run?.id ?? "" }, { base, adapter });
    await store2(
      stan[0],
      columns(
        (row) => row / 10,
        (row) => row < 3,
      ),
    );
    await store2(
      stan[1],
      columns(
        (row) => row / 10 + 1,
        (row) => row < 3,
      ),
    );
    for (const run of lora)
      await store2(
        run,
        columns(
          () => 2,
          (row) => row > 1 && row < 7,
        ),
      );
    const ask = (changes: object) =>
      compareItems(context, comparedItemQuery.parse({ runs: idsOf([...stan, ...lora]), benchmark: benchmark.id, ...changes }));
    const page = await ask({ limit: 2 });
    expect(page).toMatchObject({ total: numRows, counts: { all: numRows, firstOnly: 2, secondOnly: 4, differ: 6 } });
    expect(page.items[0]).toEqual({
      row: 0,
      domain: "land",
      text: "What is 0?",
      reference: " It is 0.",
      labelTokens: 2,
      first: { loss: 0.5, rightShare: 1, answer: "answer 0" },
      second: { loss: 2, rightShare: 0, answer: "answer 0" },
      difference: -1.5,
    });
    expect((await ask({ show: "secondOnly", sort: "row", order: "desc" })).items.map(({ row }) => row)).toEqual([6, 5, 4, 3]);
    expect((await ask({ sort: "row", offset: 39 })).items.map(({ row }) => row)).toEqual([39, 40]);
  });

  it("are not there before both sides were measured", async () => {
    const benchmark = await add();
    const runs = [await comparedRun(store, {}), await comparedRun(store, { adapter: someLora })];
    const query = comparedItemQuery.parse({ runs: idsOf(runs), benchmark: benchmark.id });
    await expect(compareItems(context, query)).rejects.toMatchObject({ code: "notFound" });
  });
});
