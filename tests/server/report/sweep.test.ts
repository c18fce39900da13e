import { describe, expect, it } from "vitest";
import { rateCurves } from "@/lib/comparison/rate-curves";
import type { ExperimentDetail, ExperimentTrial } from "@/lib/contract/experiment";
import type { StanConfig } from "@/lib/contract/methods/stan/settings";
import { cellText } from "@/server/report/document";
import { rateFigures } from "@/server/report/sections/rates";
import { sizeMaps } from "@/server/report/sections/size-map";
import { sweepSection } from "@/server/report/sections/sweep";
import { reportMaterial } from "@/tests/support/report/material";

const material = reportMaterial();
const { experiment } = material;
if (experiment === null) throw new Error("the material has no experiment");
const [template] = experiment.trials;
if (template === undefined || template.evaluation === null) throw new Error("the experiment has no trial");
const { evaluation } = template;

/** A trial of the sweep of STAN. */
function trial(changes: Partial<ExperimentTrial> & { readonly loss: number }): ExperimentTrial {
  return { ...template, ...changes, evaluation: { ...evaluation, loss: changes.loss } } as ExperimentTrial;
}

function sized(numLatents: number, k: number): StanConfig {
  return { method: "stan", numLatents, k, alpha: 1, selection: "signed", init: "zero", targets: { modules: ["v_proj"], layers: null } };
}

function withTrials(trials: readonly ExperimentTrial[]): ExperimentDetail {
  return { ...(experiment as ExperimentDetail), trials: [...trials] };
}

describe("the learning rates of a report", () => {
  it("are means over the sweep's seeds with their range, of whole trials alone, ascending", () => {
    const trials = [
      trial({ learningRate: 0.01, seed: 0, loss: 3 }),
      trial({ learningRate: 0.001, seed: 0, loss: 1 }),
      trial({ learningRate: 0.001, seed: 1, loss: 2 }),
      trial({ learningRate: 0.1, seed: 0, loss: 0.1, status: "stoppedEarly" }),
    ];
    const curves = rateCurves(withTrials(trials), null);
    expect(curves.map(({ name, adapter, points }) => ({ name, method: adapter.method, points }))).toEqual([
      {
        name: "STAN",
        method: "stan",
        points: [
          { x: 0.001, y: 1.5, low: 1, high: 2, losses: [1, 2] },
          { x: 0.01, y: 3, low: 3, high: 3, losses: [3] },
        ],
      },
    ]);
  });

  it("are drawn only where two were tried, and say where the least loss lies", () => {
    expect(rateFigures(withTrials([trial({ learningRate: 0.01, loss: 3 })]), "languageModel")).toEqual([]);
    const [figure, ...others] = rateFigures(experiment, "classification");
    expect(others).toEqual([]);
    expect(figure?.title).toBe(
      "Learning rate: loss on selection rows (cross-entropy, nats per row) against the learning rate, logarithmic.",
    );
    expect(figure?.alternative).toContain("STAN: lowest 0.7100 at 2\u00a0×\u00a010⁻³, of 3 rates from 10⁻³ to 5\u00a0×\u00a010⁻³.");
  });
});

describe("the map of sizes", () => {
  it("has the least loss over the rates by k and M, best and worst at the ends of the colours", () => {
    const trials = [
      trial({ adapter: sized(11, 2), learningRate: 0.1, loss: 5 }),
      trial({ adapter: sized(11, 2), learningRate: 0.2, loss: 4 }),
      trial({ adapter: sized(11, 3), loss: 3 }),
      trial({ adapter: sized(23, 2), loss: 2 }),
      trial({ adapter: sized(23, 3), loss: 7, status: "failed" }),
    ];
    const [table] = sizeMaps(withTrials(trials));
    expect(table?.columns.map(({ name }) => name)).toEqual(["k", "M = 11", "M = 23"]);
    expect(table?.rows.map((row) => row.map(cellText))).toEqual([
      ["2", "4.0000", "2.0000"],
      ["3", "3.0000", "–"],
    ]);
    expect(
      table?.rows.flatMap((row) => row.flatMap((cell) => (typeof cell === "string" || cell.shade === undefined ? [] : [cell.shade]))),
    ).toEqual([1, -1, 0]);
  });

  it("is not there where sizes vary in one direction alone", () => {
    expect(sizeMaps(withTrials([trial({ adapter: sized(11, 2), loss: 5 }), trial({ adapter: sized(11, 3), loss: 4 })]))).toEqual([]);
  });
});

describe("the table of trials", () => {
  it("has every trial of the sweep with what came of it, those that were chosen marked", () => {
    const failed = withTrials([
      ...experiment.trials.filter(({ stage }) => stage !== "final"),
      trial({ trial: 3, setting: 3, learningRate: 0.7, status: "failed", error: "the loss is not a number", loss: 1 }),
    ]);
    const blocks = sweepSection({ ...material, experiment: failed })?.blocks ?? [];
    const tables = blocks.flatMap((block) => (block.kind === "table" ? [block] : []));
    expect(tables.map(({ caption }) => caption)).toEqual(["Every trial of the sweep, measured on selection rows"]);
    const statuses = tables[0]?.rows.map((row) => row.at(-1)) ?? [];
    expect(statuses).toHaveLength(7);
    expect(statuses.filter((cell) => cellText(cell ?? "") === "finished, chosen")).toHaveLength(2);
    expect(statuses.at(-1)).toEqual({ text: "failed", below: "the loss is not a number" });
  });

  it("tells of final runs that did not come to an end", () => {
    const cut = withTrials(
      experiment.trials.map((one) => (one.stage === "final" && one.seed === 3 ? { ...one, status: "cancelled" as const } : one)),
    );
    const blocks = sweepSection({ ...material, experiment: cut })?.blocks ?? [];
    const last = blocks.at(-1);
    expect(last?.kind === "table" ? [last.caption, last.rows.length] : []).toEqual(["Unfinished final runs", 2]);
    expect(sweepSection({ ...material, experiment: null })).toBeUndefined();
  });
});
