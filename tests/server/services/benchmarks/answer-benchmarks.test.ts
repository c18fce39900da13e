import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { type AddBenchmarkInput, addBenchmarkRequest, itemQuery } from "@/lib/contract/benchmark";
import { trainingSettings } from "@/lib/contract/run-config";
import { readBenchmarkItems } from "@/server/db/benchmarks/benchmarks";
import { writeLabelNames } from "@/server/files/adapters/label-names";
import { addBenchmark, getBenchmark, getBenchmarkDetail, listRunBenchmarks } from "@/server/services/benchmarks/benchmarks";
import { itemTable, listItems } from "@/server/services/benchmarks/items";
import { measureRuns } from "@/server/services/benchmarks/measure";
import { addReportBenchmarks } from "@/server/services/benchmarks/report-benchmarks";
import { comparedRun } from "@/tests/support/compared-run";
import { freshContext } from "@/tests/support/service-context";
import { storeAdapter } from "@/tests/support/stored-adapter";
import { resultColumns, storedDataSet, storeResults } from "@/tests/support/stored-benchmark";

const context = await freshContext();
const { store } = context;
const moods = ["sad", "glad", "bored"];
const data = Array.from({ length: 37 }, (_, row) => ({
  premise: `premise ${row}`,
  hypothesis: `hypothesis ${row}`,
  mood: moods[row % 3],
  score: row / 2,
  genre: row % 2 === 0 ? "land" : "sea",
  part: ["train", "validation_matched", "validation_mismatched"][Math.min(2, Math.floor(row / 13))],
}));
const { dataSetId } = await storedDataSet(store, context.dataFolder, data);
const mapping = { kind: "labelled" as const, text: "premise", second: "hypothesis", label: "mood", domain: "genre" };
const all = { kind: "all" as const };

type Changes = Partial<Omit<AddBenchmarkInput, "rows">> & { readonly rows?: Partial<AddBenchmarkInput["rows"]> };

function add({ rows, ...changes }: Changes = {}) {
  const request = {
    name: "moods",
    task: { kind: "classification" as const },
    ...changes,
    rows: { dataSetId, mapping, part: all, ...rows },
  };
  return addBenchmark(context, addBenchmarkRequest.parse(request));
}

async function classifier(labels: readonly string[] | undefined): Promise<string> {
  const task = labels === undefined ? ({ kind: "regression" } as const) : ({ kind: "classification", labels: null } as const);
  const { id } = await comparedRun(store, { task });
  storeAdapter(context, id);
  if (labels !== undefined) writeLabelNames(context.artefacts.path(`runs/${id}/adapter`), labels);
  return id;
}

describe("a benchmark of classes", () => {
  it("is stored with its classes, its metric, both texts of a pair and the right class of each row", async () => {
    const made = await add();
    expect(made.task).toEqual({ kind: "classification", classes: ["bored", "glad", "sad"], metric: "accuracy", glue: null });
    const items = await readBenchmarkItems(store.db, made.id);
    expect(items?.texts[4]).toBe("premise 4\n\nhypothesis 4");
    expect(items?.references?.slice(0, 4)).toEqual(["sad", "glad", "bored", "sad"]);
  });

  it.each<[string, Changes, string, RegExp]>([
    [
      "a plain text",
      { rows: { mapping: { kind: "text", text: "premise" } } },
      "rows.mapping",
      /map one or two text columns and a label column/,
    ],
    ["the loss of a text with a label", { task: { kind: "languageModel" } }, "rows.mapping", /Labelled rows are for encoders/],
    ["numbers of words", { task: { kind: "regression" } }, "rows", /row 0 has the label "sad", which is not a number/],
    ["classes of STS-B", { task: { kind: "classification", glue: "stsb" } }, "task.glue", /STS-B has scores: choose regression/],
    ["numbers of MNLI", { task: { kind: "regression", glue: "mnli" } }, "task.glue", /MNLI has classes: choose classification/],
    ["labels of another task", { task: { kind: "classification", glue: "mnli" } }, "rows", /not one of the classes 0, 1, 2/],
    [
      "matched and mismatched rows together",
      { rows: { mapping: { ...mapping, split: "part" } } },
      "rows",
      /validation_matched and validation_mismatched, which are separate benchmarks and are never averaged: choose one split for each/,
    ],
    [
      "a label column that is not there",
      { rows: { mapping: { ...mapping, label: "feeling" } } },
      "rows.mapping.label",
      /no column "feeling"/,
    ],
  ])("refuses %s by name", async (_what, changes, field, message) => {
    await expect(add(changes)).rejects.toMatchObject({ code: "invalid", field, message: expect.stringMatching(message) });
  });

  it("is cut by its split from data with both parts of MNLI", async () => {
    const split = { ...mapping, split: "part" };
    const one = await add({ rows: { mapping: split, part: { kind: "split", name: "validation_matched" } } });
    const other = await add({ rows: { mapping: split, part: { kind: "split", name: "validation_mismatched" } } });
    expect([one.numRows, other.numRows]).toEqual([13, 11]);
    expect(one.rowsHash).not.toBe(other.rowsHash);
    const heldOut = { kind: "heldOut" as const, split: "validation_matched" };
    const halves = await Promise.all(
      (["selection", "report"] as const).map((heldOutPart) => add({ rows: { mapping: split, part: { ...heldOut, heldOutPart } } })),
    );
    const numbersOf = async ({ id }: { readonly id: string }) => [...((await readBenchmarkItems(store.db, id))?.numbers ?? [])];
    const [selection = [], report = []] = await Promise.all(halves.map(numbersOf));
    expect([...selection, ...report].sort((a, b) => a - b)).toEqual(await numbersOf(one));
    expect(selection.length * report.length).toBeGreaterThan(0);
  });

  it("is made of an experiment's report rows, one of each part of MNLI", async () => {
    const asked = {
      name: "arms",
      task: { kind: "classification" as const, labels: ["glad", "bored", "sad"] },
      data: { kind: "dataSet" as const, dataSetId, mapping, domains: null, validationRows: 12, useChatTemplate: false },
      training: { evaluationRows: 20, maxTokens: 32 },
    };
    const training = trainingSettings.parse({ steps: 1, learningRate: 1e-3, ...asked.training });
    const [only, ...others] = await addReportBenchmarks(context, { ...asked, training });
    expect(others).toEqual([]);
    expect(await getBenchmark(context, only ?? "")).toMatchObject({
      name: "arms, report rows",
      task: { kind: "classification", classes: ["glad", "bored", "sad"], metric: "accuracy" },
      rows: { part: { kind: "heldOut", heldOutPart: "report", validationRows: 12 }, maxTokens: 32 },
    });
    const mnli = await storedDataSet(store, context.dataFolder, data, { splits: ["train", "validation_matched", "validation_mismatched"] });
    const ids = await addReportBenchmarks(context, {
      ...asked,
      training,
      data: { ...asked.data, dataSetId: mnli.dataSetId, mapping: { ...mapping, split: "part" } },
    });
    const made = await Promise.all(ids.map((id) => getBenchmark(context, id)));
    expect(made.map(({ name, rows: { part } }) => [name, part.kind === "heldOut" && part.split])).toEqual([
      ["arms, report rows, validation_matched", "validation_matched"],
      ["arms, report rows, validation_mismatched", "validation_mismatched"],
    ]);
  });
});

describe("measuring classes and numbers", () => {
  it("begins for runs that know the classes, and is refused by name for all others, before anything is begun", async () => {
    const made = await add();
    const numbers = await add({ name: "scores", task: { kind: "regression" }, rows: { mapping: { ...mapping, label: "score" } } });
    const loss = await add({ name: "texts", task: { kind: "languageModel" }, rows: { mapping: { kind: "text", text: "premise" } } });
    const [knows, lacks, gives] = [await classifier(["angry", ...moods]), await classifier(["sad", "glad"]), await classifier(undefined)];
    const { id: continues } = await comparedRun(store, { name: "a story" });
    storeAdapter(context, continues);
    const refused = async (runs: string[], benchmark: string, message: RegExp) =>
      expect(measureRuns(context, { runs, benchmarks: [benchmark] })).rejects.toMatchObject({
        code: "invalid",
        field: "benchmarks",
        message: expect.stringMatching(message),
      });
    await refused(
      [knows, lacks],
      made.id,
      /moods has the class bored, which a run cannot predict; its classes are sad, glad\. Measure runs/,
    );
    await refused([gives], made.id, /a run gives numbers, and moods asks for a class of each row: add a benchmark of numbers/);
    await refused([knows], numbers.id, /a run gives classes, and scores asks for a number/);
    await refused([continues], made.id, /a story generates text and has no head, and moods asks for a class/);
    await refused([knows], loss.id, /a run of an encoder, which does not generate text, and texts asks for the loss/);
    expect((await getBenchmarkDetail(context, made.id)).results).toEqual([]);
    expect((await measureRuns(context, { runs: [knows], benchmarks: [made.id] })).tasks).toHaveLength(1);
    const listed = await listRunBenchmarks(context, knows);
    const obstacles = new Map(listed.map(({ benchmark, obstacle }) => [benchmark.id, obstacle]));
    expect(obstacles.get(made.id)).toBeNull();
    expect(obstacles.get(numbers.id)).toMatch(/gives classes/);
  });

  it("is read by accuracy with McNemar's p, by macro F1 and Matthews, and by domain, beside a constant prediction", async () => {
    const made = await add();
    const run = await classifier(moods);
    const answers = data.map(({ mood }, row) => (row % 5 === 0 ? "glad" : (mood ?? "")));
    const right = data.map(({ mood }, row) => (answers[row] === mood ? 1 : 0));
    const constant = data.map(({ mood }) => (mood === "sad" ? 1 : 0));
    const ones = data.map(() => 1);
    await storeResults(
      store,
      { benchmarkId: made.id, runId: run },
      {
        adapter: resultColumns(
          right.map((is) => (is === 1 ? 0.25 : 1.5)),
          ones,
          { right, answers },
        ),
        base: resultColumns(ones, ones, { right: constant, answers: data.map(() => "sad") }),
      },
    );
    const [entry] = await listRunBenchmarks(context, run);
    const metrics = new Map(entry?.score?.metrics.map((metric) => [metric.name, metric]));
    expect([...metrics.keys()]).toEqual(["accuracy", "macroF1", "matthews", "loss"]);
    const shareRight = right.filter((is) => is === 1).length / 37;
    expect(metrics.get("accuracy")).toMatchObject({ adapter: shareRight, base: 13 / 37, verdict: { kind: "better" } });
    expect(metrics.get("accuracy")?.verdict.text).toMatch(/better than the majority-class baseline/);
    expect(metrics.get("accuracy")?.pValue).toBeLessThan(0.001);
    expect(metrics.get("matthews")).toMatchObject({ base: 0, pValue: null });
    expect(metrics.get("matthews")?.difference?.low).toBeGreaterThan(0);
    expect(entry?.score?.byDomain.map(({ domain, metric }) => [domain, metric.name])).toEqual([
      ["land", "accuracy"],
      ["sea", "accuracy"],
    ]);
    const page = await listItems(context, { benchmarkId: made.id, runId: run }, itemQuery.parse({ show: "wrong", sort: "row" }));
    expect(page.items[0]).toMatchObject({
      row: 0,
      reference: "sad",
      adapter: { answer: "glad", isRight: false },
      base: { answer: "sad", isRight: true },
    });
    const [head, line] = (await text(await itemTable(context, { benchmarkId: made.id, runId: run }))).split("\r\n");
    expect(head).toMatch(/^row,domain,text,reference,labelTokens,difference,baseLoss,baseAnswer,baseIsRight/);
    expect(line).toMatch(/,1,sad,true,1.5,glad,false,\/.*\.jsonl,false$/);
  });

  it("shows a correlation alone, with its own interval, for a constant prediction has none", async () => {
    const made = await add({ task: { kind: "regression" }, rows: { mapping: { ...mapping, label: "score" } } });
    const run = await classifier(undefined);
    const given = data.map(({ score }, row) => score + (row % 4) - 1.5);
    const ones = data.map(() => 1);
    const squared = (numbers: readonly number[]) => numbers.map((number, row) => (number - (data[row]?.score ?? 0)) ** 2);
    const columns = (numbers: readonly number[]) => ({ ...resultColumns(squared(numbers), ones), answers: numbers.map(String) });
    await storeResults(store, { benchmarkId: made.id, runId: run }, { adapter: columns(given), base: columns(data.map(() => 9)) });
    const [entry] = await listRunBenchmarks(context, run);
    const [pearson, spearman, error] = entry?.score?.metrics ?? [];
    expect(pearson).toMatchObject({ name: "pearson", base: null, difference: null, verdict: { kind: "notComparable" } });
    expect(pearson?.verdict.text).toBe("The mean baseline has no Pearson correlation: it does not vary.");
    expect(pearson?.interval?.low).toBeLessThan(pearson?.adapter ?? 0);
    expect(pearson?.interval?.high).toBeGreaterThan(pearson?.adapter ?? 1);
    expect(spearman).toMatchObject({ name: "spearman", base: null });
    expect(error).toMatchObject({ name: "meanSquaredError", verdict: { kind: "better" } });
    expect(error?.adapter).toBeCloseTo(squared(given).reduce((sum, value) => sum + value, 0) / 37, 12);
  });
});
