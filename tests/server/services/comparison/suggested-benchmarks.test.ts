import { describe, expect, it } from "vitest";
import { addBenchmarkRequest } from "@/lib/contract/benchmark";
import { pairQuery } from "@/lib/contract/comparison";
import { upsertDataSet } from "@/server/db/library/data-sets";
import type { RunRow } from "@/server/db/runs/runs";
import { addBenchmark } from "@/server/services/benchmarks/benchmarks";
import { compareScores } from "@/server/services/comparison/scorecard";
import { comparedRun, someLora } from "@/tests/support/compared-run";
import { freshContext } from "@/tests/support/service-context";
import { storedDataSet } from "@/tests/support/stored-benchmark";

const context = await freshContext();
const { store } = context;
const about = { path: "/nowhere", format: "jsonl", rows: 3, sizeBytes: 1, domains: [], splits: [], licence: null };

async function suggestedFor(runs: readonly RunRow[]) {
  const { suggested } = await compareScores(context, pairQuery.parse({ runs: runs.map(({ id }) => id).join(",") }));
  return suggested.map(({ purpose, request }) => [purpose, request.name] as const);
}

const both = async (changes: Parameters<typeof comparedRun>[1] = {}) => [
  await comparedRun(store, changes),
  await comparedRun(store, { ...changes, adapter: someLora }),
];

describe("benchmarks that a press makes", () => {
  it("read the rows that both sides held out, as they were read in training, and other data's text for forgetting", async () => {
    await upsertDataSet(store.db, { ...about, id: "d1", name: "data", columns: [{ name: "text", samples: [] }], mapping: null });
    await upsertDataSet(store.db, { ...about, id: "d2", name: "news", columns: [{ name: "Content", samples: [] }], mapping: null });
    await upsertDataSet(store.db, { ...about, id: "d3", name: "pictures", columns: [{ name: "pixels", samples: [] }], mapping: null });
    const runs = await both({ data: { validationRows: 17, heldOutPart: "report", domains: ["sea"] }, training: { maxTokens: 31 } });
    const { suggested } = await compareScores(context, pairQuery.parse({ runs: runs.map(({ id }) => id).join(",") }));
    expect(suggested.map(({ purpose, request }) => [purpose, request.name])).toEqual([
      ["heldOut", "data, held-out rows"],
      ["forgetting", "news, forgetting"],
    ]);
    expect(suggested[0]?.request).toMatchObject({
      task: { kind: "languageModel" },
      isGeneral: false,
      rows: { dataSetId: "d1", domains: ["sea"], part: { kind: "heldOut", validationRows: 17, heldOutPart: "report" }, maxTokens: 31 },
    });
    expect(suggested[1]?.request).toMatchObject({
      isGeneral: true,
      rows: { dataSetId: "d2", mapping: { kind: "text", text: "Content" }, part: { kind: "all" } },
    });
  });

  it("ask classes of classifiers, whose new head has nothing to forget", async () => {
    const runs = await both({
      task: { kind: "classification", labels: ["no", "yes"] },
      data: { mapping: { kind: "labelled", text: "text", label: "label" } },
    });
    const { suggested } = await compareScores(context, pairQuery.parse({ runs: runs.map(({ id }) => id).join(",") }));
    expect(suggested.map(({ request }) => request.task)).toEqual([
      { kind: "classification", classes: ["no", "yes"], metric: null, glue: null },
    ]);
  });

  it("are none for diffusion models, which are compared without", async () => {
    const runs = await both({
      task: { kind: "denoising", classDropout: 0.1, evaluationDraws: 4 },
      data: { mapping: { kind: "labelledImage", image: "image", label: "label" } },
    });
    expect(await suggestedFor(runs)).toEqual([]);
  });

  it("are not offered where a benchmark reads that data, nor where general text is measured", async () => {
    const { dataSetId } = await storedDataSet(store, context.dataFolder, [{ text: "One line." }, { text: "Another line." }]);
    const rows = { dataSetId, mapping: { kind: "text" as const, text: "text" }, part: { kind: "all" as const } };
    await addBenchmark(context, addBenchmarkRequest.parse({ name: "general", isGeneral: true, task: { kind: "languageModel" }, rows }));
    expect((await suggestedFor(await both())).map(([purpose]) => purpose)).toEqual(["heldOut"]);
  });
});
