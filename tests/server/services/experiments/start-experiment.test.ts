import { describe, expect, it } from "vitest";
import { addBenchmarkRequest } from "@/lib/contract/benchmark";
import { type ExperimentInput, experimentRequest } from "@/lib/contract/experiment";
import { readBenchmarkItems } from "@/server/db/benchmarks/benchmarks";
import { readDataSet } from "@/server/db/library/data-sets";
import { insertRun, setRunCost, setRunStatus } from "@/server/db/runs/runs";
import { openDataSet } from "@/server/files/data/data-set";
import { planRows } from "@/server/files/data/row-plan";
import { addBenchmark } from "@/server/services/benchmarks/benchmarks";
import { estimateExperiment } from "@/server/services/experiments/estimate-experiment";
import { startExperiment } from "@/server/services/experiments/start-experiment";
import { smallExperiment } from "@/tests/support/experiment";
import { freshContext } from "@/tests/support/service-context";

const context = await freshContext();
const { db } = context.store;
const small = await smallExperiment(context);

function asked(changes: Partial<ExperimentInput>) {
  return experimentRequest.parse({ ...small, ...changes });
}

describe("an experiment before it starts", () => {
  it("is refused with the field and what to do", async () => {
    const rates = { kind: "list" as const, values: [0.1, 0.2, 0.3] };
    const refusals: readonly (readonly [Partial<ExperimentInput>, string, RegExp])[] = [
      [{ arms: small.arms.map((arm, at) => (at === 0 ? { ...arm, learningRates: rates } : arm)) }, "arms", /STAN has 3, LoRA has 2 trials/],
      [
        { arms: small.arms.map((arm, at) => (at === 0 ? arm : { ...arm, adapters: [{ ...arm.adapters[0], rank: 9 }] as never })) },
        "arms.1.adapters.0",
        /The nearest rank is 7/,
      ],
      [
        { arms: small.arms.map((arm) => ({ ...arm, adapters: arm.adapters.map((one) => ({ ...one, targets: { modules: ["z"] } })) })) },
        "arms.0.adapters.0.targets.modules",
        /has no module "z"/,
      ],
      [{ earlyStopping: { firstStep: 12 } }, "earlyStopping.firstStep", /Trials end after step 12/],
      [
        { earlyStopping: { firstStep: 4 }, training: { ...small.training, evaluateEvery: 0 } },
        "training.evaluateEvery",
        /needs evaluations/,
      ],
      [{ data: { ...small.data, validationRows: 2 } }, "data.validationRows", /each needs at least 2/],
      [{ benchmarks: ["gone"] }, "benchmarks.0", /no such benchmark/],
      [{ model: "gone" }, "model", /Add it on the Models page/],
    ];
    for (const [changes, field, message] of refusals) {
      const refused = startExperiment(context, asked(changes));
      await expect(refused).rejects.toMatchObject({ code: "invalid", field, message: expect.stringMatching(message) });
    }
  });

  it("is refused benchmarks that its final runs cannot be asked", async () => {
    const rows = { dataSetId: small.data.dataSetId, mapping: { kind: "labelled" as const, text: "text", label: "domain" } };
    const request = { name: "sides", rows: { ...rows, part: { kind: "all" as const } }, task: { kind: "classification" as const } };
    const { id } = await addBenchmark(context, addBenchmarkRequest.parse(request));
    await expect(startExperiment(context, asked({ benchmarks: [id] }))).rejects.toMatchObject({
      code: "invalid",
      field: "benchmarks.0",
      message: expect.stringMatching(/A final run generates text and has no head, and sides asks for a class/),
    });
  });

  it("cannot report on rows that it chooses settings by, and makes a benchmark of the others", async () => {
    const { dataSetId, mapping, validationRows } = small.data;
    const part = { kind: "heldOut" as const, validationRows };
    const request = { name: "all held out", rows: { dataSetId, mapping, part }, task: { kind: "languageModel" as const } };
    const benchmark = await addBenchmark(context, addBenchmarkRequest.parse(request));
    await expect(startExperiment(context, asked({ benchmarks: [benchmark.id] }))).rejects.toThrow(
      /^all held out reads \d+ rows that the sweep selects settings on/,
    );
    const { benchmarks } = await startExperiment(context, small);
    expect(benchmarks.map(({ name }) => name)).toEqual(["small, report rows"]);
    const path = (await readDataSet(db, dataSetId))?.path ?? "";
    const rowsOf = async (heldOutPart: "selection" | "report") => [
      ...(await planRows(openDataSet(path), mapping, { domains: null, validationRows, heldOutPart })).validation,
    ];
    const [selection, report] = [await rowsOf("selection"), await rowsOf("report")];
    expect(selection.length + report.length).toBe(12);
    expect(selection.filter((row) => report.includes(row))).toEqual([]);
    expect([...((await readBenchmarkItems(db, benchmarks[0]?.id ?? ""))?.numbers ?? [])]).toEqual(report);
  });

  it("is estimated by the speed of the most like run over the same model, in proportion to tokens and flops", async () => {
    const before = await estimateExperiment(context, small);
    expect(before).toMatchObject({ speed: "unknown", seconds: null, runs: 8, steps: 96 });
    // Lines of about 43 characters are 13 tokens, of the 24 that a row may have.
    expect(before.tokens / (96 * 3)).toBeGreaterThan(12);
    expect(before.tokens / (96 * 3)).toBeLessThan(14);
    for (const [id, method, medianStepMs] of [
      ["like", "stan", 1000],
      ["other", "lora", 3000],
    ] as const) {
      const { task: _task, arms, ...shared } = small;
      const adapter = arms.find(({ adapters }) => adapters[0]?.method === method)?.adapters[0];
      if (adapter === undefined) throw new Error("no adapter");
      const config = { ...shared, training: { ...small.training, learningRate: 1, seed: 0 }, adapter, collection: null };
      const about = { name: id, modelId: small.model, modelName: "m", dataSetId: null, dataName: "d", seed: 0, steps: 12 };
      await insertRun(db, { id, method, config, group: null, ...about });
      const sizes = { trainableParameters: 1, activeParameters: 1, baseParameters: 1, flopsPerToken: 13_000_000, adapterBytes: 4 };
      await setRunCost(db, id, { ...sizes, medianStepMs, tokensPerSecond: 36_000 / medianStepMs, peakMemoryBytes: 1 });
      await setRunStatus(db, id, "finished");
    }
    const { arms, seconds, tokens, ...after } = await estimateExperiment(context, small);
    expect(after).toMatchObject({ speed: "likeRuns", measuredOn: [{ id: "like" }, { id: "other" }] });
    expect((arms[1]?.seconds ?? 0) / (arms[0]?.seconds ?? 1)).toBeGreaterThan(2);
    // 48 steps of about a second, and evaluations of as many rows again.
    expect(arms[0]?.seconds).toBeGreaterThan(40);
    expect(arms[0]?.seconds).toBeLessThan(120);
    expect(seconds).toBeCloseTo((arms[0]?.seconds ?? 0) + (arms[1]?.seconds ?? 0));
    // Half of what the batches could hold was read.
    expect(tokens).toBe(96 * 36);
    const longer = await estimateExperiment(context, asked({ training: { ...small.training, batchRows: 6 } }));
    expect(longer.arms[0]?.seconds ?? 0).toBeGreaterThan(arms[0]?.seconds ?? 0);
    const collecting = async (maxTokens: number, split: "all" | "train" = "all") => {
      const estimated = await estimateExperiment(context, asked({ collection: { maxTokens, split } }));
      return (estimated.arms[0]?.seconds ?? 0) - (arms[0]?.seconds ?? 0);
    };
    const [some, whole, trained] = await Promise.all([collecting(100), collecting(1_000_000), collecting(1_000_000, "train")]);
    // A pass ends with its data: 48 rows to train on and the report rows, of some 13 tokens each.
    expect(whole / some).toBeCloseTo(((48 + after.reportRows) * 12.83) / 100, 1);
    expect(trained / some).toBeCloseTo((48 * 12.83) / 100, 1);
  });
});
