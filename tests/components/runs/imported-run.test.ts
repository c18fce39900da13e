import { describe, expect, it } from "vitest";
import { endOfAxis, hasAxis, lossSeries, placeOfStep, pointsOf, throughputPoints } from "@/components/runs/curves";
import { importSettings, labelledColumns } from "@/components/runs/import/import-form";
import { configurationEntries } from "@/components/runs/run-facts";
import { runsCsv } from "@/components/runs/runs-csv";
import type { RunDetail, StepMetrics } from "@/lib/contract/run";
import { pointOfStep } from "@/tests/support/run-curve";
import { runDetailFixture } from "./run-detail-fixture";

const blank = { gradNorm: null, learningRate: null, tokens: null, labelTokens: null, seconds: null };

/** A run with a log of three steps, of which some say more than others. */
function imported(metrics: StepMetrics[]): RunDetail {
  const detail = runDetailFixture({ steps: 12, step: 0 });
  return {
    ...detail,
    run: { ...detail.run, isImported: true, seed: null, step: 12, status: "finished", latestEvaluation: null },
    config: { ...detail.config, data: null, training: null },
    imported: {
      source: "outputs",
      baseModelName: null,
      peftVersion: null,
      curveFiles: ["trainer_state.json"],
      epochs: null,
      maxSteps: 12,
      trainingSeconds: null,
      evaluations: [{ step: 6, loss: 1.25 }],
      stated: {},
    },
    evaluations: [],
    metrics: metrics.map(pointOfStep),
  };
}

const detail = imported([
  { ...blank, step: 4, loss: 3, gradNorm: 0.5 },
  { ...blank, step: 8, loss: 2, tokens: 800, seconds: 4 },
  { ...blank, step: 12, loss: 1 },
]);

describe("an imported run", () => {
  it("leaves out what its log does not say, and draws no zero in its place", () => {
    expect(pointsOf(detail, "step", ({ gradNorm }) => gradNorm)).toEqual([{ x: 4, y: 0.5 }]);
    expect(pointsOf(detail, "tokens", ({ loss }) => loss)).toEqual([{ x: 800, y: 2 }]);
    expect(throughputPoints(detail, "step")).toEqual([{ x: 8, y: 200 }]);
  });

  it("offers the axes that its log has", () => {
    const axes = (metrics: StepMetrics[]) =>
      (["step", "tokens", "flops", "time"] as const).filter((axis) => hasAxis(imported(metrics), axis));
    expect(axes([{ ...blank, step: 1, loss: 1 }])).toEqual(["step"]);
    expect(axes([{ ...blank, step: 1, loss: 1, seconds: 2 }])).toEqual(["step", "time"]);
    expect(axes(detail.metrics)).toEqual(["step", "tokens", "flops", "time"]);
  });

  it("places steps by the last one whose place is known", () => {
    expect(placeOfStep(detail, "tokens")(6)).toBe(600);
    expect(endOfAxis(detail, "tokens")).toBe(1200);
  });

  it("shows the evaluations that its trainer logged on the curve", () => {
    expect(lossSeries(detail, "step", "this run", false).points).toEqual([{ x: 6, y: 1.25 }]);
  });

  it("says that settings and data are not known", () => {
    const entries = new Map(configurationEntries(detail.config));
    expect(entries.get("Training")).toMatch(/unknown/);
    expect(entries.get("Dataset")).toMatch(/unknown/);
    expect(entries.has("Learning rate")).toBe(false);
  });

  it("has blank cells in the table’s file, also for the steps when there is no log", () => {
    const rows = (run: RunDetail["run"]) => {
      const [head = "", row = ""] = runsCsv([run]).trim().split(/\r?\n/);
      return Object.fromEntries(head.split(",").map((name, at) => [name, row.split(",")[at]]));
    };
    expect(rows(detail.run)).toMatchObject({ isImported: "yes", seed: "", step: "12", evaluationLoss: "" });
    expect(rows({ ...detail.run, step: 0, steps: 0 })).toMatchObject({ step: "", steps: "" });
  });
});

describe("the form of an import", () => {
  const filled = { name: " a run", modelId: "m", dataSetId: "d", labelled: null, labels: "" };
  const mapping = { kind: "text", text: "body", split: "part" } as const;
  const column = (name: string) => ({ name, samples: [] });
  const dataSet = {
    ...{
      id: "d",
      name: "rows",
      path: "",
      format: "",
      rows: 1,
      sizeBytes: 1,
      mapping,
      domains: [],
      splits: [],
      licence: null,
      createdAt: "",
    },
    columns: ["id", "Sentence", "part", "label"].map(column),
  };

  it("leaves out what was left alone", () => {
    expect(importSettings({ name: " ", modelId: "", dataSetId: "", labelled: null, labels: " , " }, [])).toEqual({});
  });

  it("names a dataset with the columns kept with it", () => {
    expect(importSettings(filled, [dataSet])).toEqual({
      name: "a run",
      modelId: "m",
      data: { kind: "dataSet", dataSetId: "d", mapping },
    });
  });

  it("names the columns of text and label, and the classes, where they are given", () => {
    const labelled = labelledColumns(dataSet);
    expect(labelled).toEqual({ kind: "labelled", text: "Sentence", label: "label", split: "part" });
    const settings = importSettings({ ...filled, labelled, labels: "bad, very good," }, [dataSet]);
    expect(settings).toMatchObject({ labels: ["bad", "very good"], data: { mapping: labelled } });
    expect(labelledColumns({ columns: ["a", "b", "c"].map(column), mapping: null })).toEqual({ kind: "labelled", text: "a", label: "c" });
    expect(labelledColumns({ columns: ["sentence2", "sentence1", "score"].map(column), mapping: null })).toEqual({
      kind: "labelled",
      text: "sentence1",
      second: "sentence2",
      label: "score",
    });
  });
});
