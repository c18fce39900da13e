import { describe, expect, it } from "vitest";
import { comparisonReportQuery, experimentReportQuery } from "@/lib/contract/report";
import type { RunRow } from "@/server/db/runs/runs";
import { comparisonReport } from "@/server/services/report/comparison-report";
import { experimentReport } from "@/server/services/report/experiment-report";
import { comparedRun, someLora } from "@/tests/support/compared-run";
import { experimentSteps } from "@/tests/support/experiment-steps";
import { freshContext } from "@/tests/support/service-context";
import { storedModel } from "@/tests/support/stored-model";

const context = await freshContext();
const { store } = context;
await storedModel(context);
const at = new Date("2026-11-28T22:41:05Z");

const compared = (ids: readonly string[], format: "html" | "markdown" = "markdown") =>
  comparisonReport(context, comparisonReportQuery.parse({ runs: ids.join(","), format }), at);

describe("the report of a comparison", () => {
  it("is one file with the numbers of the runs that were picked", async () => {
    const runs = [
      await comparedRun(store, { name: "narrow, seed 1", seed: 1, losses: [3, 2.1] }),
      await comparedRun(store, { name: "narrow, seed 2", seed: 2, losses: [3, 2.3] }),
      await comparedRun(store, { name: "low, seed 1", seed: 1, adapter: someLora, losses: [3, 2.6] }),
      await comparedRun(store, { name: "low, seed 2", seed: 2, adapter: someLora, losses: [3, 2.9] }),
    ];
    const ids = runs.map(({ id }) => id);
    const { name, type, text } = await compared(ids);
    expect(name).toBe("report-narrow-vs-low.md");
    expect(type).toBe("text/markdown; charset=utf-8");
    expect(text).toContain("# narrow vs. low\n\nComparison of 4 runs. Made 2026-11-28 22:41 UTC by Stanscope");
    // Means and standard deviations over the seeds, of the held-out loss of the training.
    expect(text).toMatch(
      /\| evaluation loss, held-out rows of the training \(nats per token, lower is better\) \| 2\.2000 \(SD 0\.14\) \| 2\.7500 \(SD 0\.21\) \| \*\*−0\.55\*\* \(/,
    );
    expect(text).toContain("2 seeds; rows were not stored");
    expect(text).toContain("These runs were selected by hand.");
    for (const id of ids) expect(text).toContain(id);
    expect(await compared(ids)).toEqual({ name, type, text });
    const page = await compared(ids, "html");
    expect(page).toMatchObject({ name: "report-narrow-vs-low.html", type: "text/html; charset=utf-8" });
    expect(page.text).toContain("<h1>narrow vs. low</h1>");
  });

  it("refuses what a comparison refuses", async () => {
    const run = await comparedRun(store, { name: "alone" });
    await expect(compared([run.id])).rejects.toMatchObject({ code: "invalid", field: "runs" });
    await expect(compared([run.id, "gone"])).rejects.toMatchObject({ code: "notFound" });
    await expect(
      comparisonReport(context, comparisonReportQuery.parse({ runs: `${run.id},${run.id}`, second: 7 }), at),
    ).rejects.toMatchObject({
      code: "invalid",
      field: "second",
    });
  });

  it("holds every pair of few sides, those that were asked for first, and of many sides these alone", async () => {
    const rates = [0.001, 0.002, 0.003, 0.004, 0.005];
    const runs: RunRow[] = [];
    for (const learningRate of rates)
      runs.push(await comparedRun(store, { name: `rate ${learningRate}`, training: { learningRate }, losses: [3, 2 + learningRate] }));
    const ask = async (count: number) => {
      const query = comparisonReportQuery.parse({
        runs: runs
          .slice(0, count)
          .map(({ id }) => id)
          .join(","),
        first: 2,
        second: 1,
        format: "markdown",
      });
      const { text } = await comparisonReport(context, query, at);
      return [...text.matchAll(/^### (rate .*)$/gm)].map(([, title]) => title);
    };
    expect(await ask(3)).toEqual(["rate 0.003 vs. rate 0.002", "rate 0.001 vs. rate 0.002", "rate 0.001 vs. rate 0.003"]);
    expect(await ask(5)).toEqual([]);
  });
});

describe("the report of an experiment", () => {
  const { started, endStage, end } = experimentSteps(context);
  const report = (id: string) => experimentReport(context, id, experimentReportQuery.parse({ format: "markdown" }), at);

  it("waits for final runs of two arms", async () => {
    const id = await started();
    await endStage(id, "sweep", (one) => end(one, "finished", one.trial.learningRate));
    await expect(report(id)).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("resume the experiment") });
    await expect(report("gone")).rejects.toMatchObject({ code: "notFound" });
  });

  it("tells the sweep, the choice and the final runs, with the request that starts it again", async () => {
    const id = await started({ name: "small" });
    await endStage(id, "sweep", (one) =>
      one.trial.learningRate === 0.03 ? end(one, "failed") : end(one, "finished", one.trial.learningRate),
    );
    await endStage(id, "final", (one) => end(one, "finished", 1 + one.trial.arm + one.trial.seed / 10));
    const { name, text } = await report(id);
    expect(name).toBe("report-small.md");
    expect(text).toContain("STAN vs. LoRA, 2 pairs of runs");
    expect(text).toContain("Sweep: 2 trials per arm, 12 steps each, grid search");
    expect(text).toContain("STAN M=7 k=2 at learning rate 3\u00a0×\u00a010⁻³, selection loss 0.0030, of 2 trials (1 failed)");
    expect(text.match(/^\| (\*\*)?(STAN|LoRA)(\*\*)? \| .* \| (finished|finished, chosen|failed.*)(\*\*)? \|$/gm)).toHaveLength(4);
    expect(text).toContain("failed (the loss is not a number)");
    expect(text).toContain("Of 4 trials in the sweep, 1 failed.");
    expect(text).toMatch(
      /evaluation loss, held-out rows of the training \(nats per token, lower is better\) \| 1\.1500 \(SD 0\.071\) \| 2\.1500/,
    );
    const request = /experiment\.json, the request[\s\S]*?```json\n([\s\S]*?)\n```/.exec(text)?.[1] ?? "";
    expect(JSON.parse(request)).toMatchObject({
      model: "MODEL_ID",
      data: { dataSetId: "DATA_SET_ID", validationRows: 12 },
      benchmarks: [],
      finalSeeds: [1, 2],
    });
    expect(text).not.toContain(context.dataFolder);
  });
});
