import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { addBenchmarkRequest } from "@/lib/contract/benchmark";
import { type ExperimentInput, experimentRequest } from "@/lib/contract/experiment";
import type { ModelSummary } from "@/lib/contract/model";
import { readDataSet } from "@/server/db/library/data-sets";
import { readModel, upsertModel } from "@/server/db/library/models";
import { openDataSet } from "@/server/files/data/data-set";
import { divideRows } from "@/server/files/data/divide-rows";
import { planRows, type RowChoice } from "@/server/files/data/row-plan";
import { addBenchmark } from "@/server/services/benchmarks/benchmarks";
import { estimateExperiment } from "@/server/services/experiments/estimate-experiment";
import { startExperiment } from "@/server/services/experiments/start-experiment";
import { smallExperiment } from "@/tests/support/experiment";
import { freshContext } from "@/tests/support/service-context";
import { storedDataSet } from "@/tests/support/stored-data-set";

const context = await freshContext();
const { db } = context.store;
const small = await smallExperiment(context);
const mapping = { kind: "text" as const, text: "text", domain: "domain" };

function asked(changes: Partial<ExperimentInput>) {
  return experimentRequest.parse({ ...small, ...changes });
}

describe("an experiment over sets of domains, before it starts", () => {
  const crossed = { domainSets: [["even"], ["odd"]], data: { ...small.data, mapping, validationRows: 30 } };

  it("is refused with the set, and what to do", async () => {
    const refusals: readonly (readonly [Partial<ExperimentInput>, string, RegExp])[] = [
      [{ ...crossed, data: small.data }, "data.mapping.domain", /map the column that holds a row's domain/],
      [{ ...crossed, domainSets: [["even"], ["verse"]] }, "domainSets.1", /"verse" is not among the domains .*: even, odd/],
      [{ ...crossed, data: { ...crossed.data, domains: ["even"] } }, "domainSets.1", /"odd" is not among the domains .*: even\./],
      [{ ...crossed, data: { ...crossed.data, validationRows: 6 } }, "data.validationRows", /Hold out more rows/],
    ];
    for (const [changes, field, message] of refusals) {
      const refused = startExperiment(context, asked(changes));
      await expect(refused).rejects.toMatchObject({ code: "invalid", field, message: expect.stringMatching(message) });
    }
    expect(
      experimentRequest.safeParse({
        ...small,
        domainSets: [
          ["a", "b"],
          ["b", "a"],
        ],
      }).error?.issues[0]?.message,
    ).toContain("twice");
    expect(experimentRequest.safeParse({ ...small, sweepSeeds: [3, 3] }).error?.issues[0]?.message).toContain("twice");
  });

  it("is estimated with every set and seed of every arm, equally", async () => {
    const [plain, many] = [
      await estimateExperiment(context, small),
      await estimateExperiment(context, asked({ ...crossed, sweepSeeds: [1, 2, 3] })),
    ];
    expect(plain).toMatchObject({ runs: 4 + 4, domainSets: [] });
    // Two rates, two sets, three seeds of each arm; finals of two seeds on each set.
    expect(many.arms.map(({ trials }) => trials)).toEqual([12, 12]);
    expect(many.runs).toBe(24 + 8);
    expect(many.steps).toBe((24 + 8) * 12);
    expect(many.domainSets.map(({ domains }) => domains)).toEqual([["even"], ["odd"]]);
    const chosenBy = many.domainSets.reduce((sum, { selectionRows }) => sum + selectionRows, 0);
    expect([chosenBy, chosenBy + many.reportRows]).toEqual([many.selectionRows, 30]);
    expect(many.domainSets.reduce((sum, { trainRows }) => sum + trainRows, 0)).toBe(30);
  });

  it("divides its rows as its runs will", async () => {
    const request = asked({ ...crossed, domainSets: [["even"], ["odd"], ["odd", "even"]] });
    const data = (await readDataSet(db, request.data.dataSetId)) ?? expect.fail("no data");
    const { sets, report } = await divideRows(openDataSet(data.path), request);
    for (const [place, domains] of (request.domainSets ?? []).entries()) {
      const planned = async (choice: Pick<RowChoice, "evaluatedDomains" | "heldOutPart">) =>
        planRows(openDataSet(data.path), mapping, { domains, validationRows: 30, heldOutOf: null, ...choice });
      const swept = await planned({ evaluatedDomains: domains, heldOutPart: "selection" });
      expect(sets[place]).toEqual({ train: swept.train, selection: swept.validation });
      expect((await planned({ evaluatedDomains: null, heldOutPart: "report" })).validation).toEqual(report);
    }
  });

  it("cannot report on rows that one of its runs is trained on", async () => {
    const rows = { dataSetId: small.data.dataSetId, mapping, part: { kind: "all" as const }, count: 3 };
    const benchmark = await addBenchmark(context, addBenchmarkRequest.parse({ name: "some", rows, task: { kind: "languageModel" } }));
    await expect(startExperiment(context, asked({ ...crossed, benchmarks: [benchmark.id] }))).rejects.toThrow(
      /^some reads \d rows that may be trained on/,
    );
    // Rows of a domain that the experiment does not touch are no one's.
    const even = { ...small.data, mapping, domains: ["even"], validationRows: 20 };
    const odd = await addBenchmark(
      context,
      addBenchmarkRequest.parse({ name: "odd", rows: { ...rows, domains: ["odd"] }, task: { kind: "languageModel" } }),
    );
    expect((await startExperiment(context, asked({ data: even, benchmarks: [odd.id] }))).benchmarks.map(({ name }) => name)).toContain(
      "odd",
    );
  });
});

describe("an experiment of encoders, before it starts", () => {
  async function classes(labelOf: (row: number) => string): Promise<Partial<ExperimentInput>> {
    const described = (await readModel(db, small.model)) as ModelSummary;
    const { createdAt: _createdAt, ...encoder } = { ...described, id: "smallencoder", name: "small bert", architecture: "bert" };
    await upsertModel(db, encoder);
    const path = join(context.dataFolder, `${labelOf(3)}-${labelOf(13)}.jsonl`);
    const lines = Array.from({ length: 60 }, (_, row) =>
      JSON.stringify({ text: `Text ${row}, read ${row * 7} times.`, label: labelOf(row), domain: row % 20 < 10 ? "even" : "odd" }),
    );
    writeFileSync(path, lines.join("\n"));
    const data = await storedDataSet(context, path);
    const labelled = { kind: "labelled" as const, text: "text", label: "label", domain: "domain" };
    return {
      model: encoder.id,
      task: { kind: "classification" },
      data: { ...small.data, dataSetId: data.id, mapping: labelled, validationRows: 30 },
    };
  }

  it("reports on a benchmark of the classes that no run chose or trained by", async () => {
    const { benchmarks, request } = await startExperiment(context, asked(await classes((row) => (row % 3 === 0 ? "high" : "low"))));
    expect(benchmarks.map(({ name }) => name)).toEqual(["small, report rows"]);
    expect(request.benchmarks).toHaveLength(1);
  });

  it("is refused where a set of domains has one class alone", async () => {
    const request = await classes((row) => (row % 20 < 10 || row % 3 === 0 ? "high" : "low"));
    await expect(startExperiment(context, asked({ ...request, domainSets: [["even"], ["odd"]] }))).rejects.toThrow(
      /all training rows have the class "high"/,
    );
  });

  it("tries the head alone and full fine-tuning where nothing but the budget, or the time, is matched", async () => {
    const request = await classes((row) => (row % 3 === 0 ? "high" : "low"));
    const arms = [
      { name: "Full", adapters: [{ method: "full" as const }], learningRates: { kind: "list" as const, values: [0.001, 0.01] } },
      { name: "Head", adapters: [{ method: "head" as const }], learningRates: { kind: "list" as const, values: [0.001, 0.01] } },
    ];
    for (const match of ["parameters", "activeParameters", "flops"] as const)
      await expect(startExperiment(context, asked({ ...request, arms, match }))).rejects.toThrow(/match the budget|wall-clock/);
    const { estimate, experiment } = await startExperiment(context, asked({ ...request, arms, match: "budget" }));
    expect(experiment.arms).toEqual(["Full", "Head"]);
    expect(estimate.arms[1]?.trainableParameters).toEqual([0, 0]);
    expect(estimate.arms[0]?.trainableParameters?.[0]).toBeGreaterThan(0);
  });
});
