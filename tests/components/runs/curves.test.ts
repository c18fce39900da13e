import { describe, expect, it } from "vitest";
import { endOfAxis, lossSeries, placeOfStep, throughputPoints } from "@/components/runs/curves";
import { scheduledRate } from "@/components/runs/scheduled-rate";
import { trainingSettings } from "@/lib/contract/run-config";
import { learningRateAt } from "@/server/engine/training/schedule";
import { runDetailFixture } from "./run-detail-fixture";

const detail = runDetailFixture({ steps: 10, step: 4 });

describe("the curves of a run", () => {
  it("count steps, tokens, operations and seconds along x", () => {
    const at = (axis: "step" | "tokens" | "flops" | "time") => lossSeries(detail, axis, "this run", false).raw?.map((point) => point.x);
    expect(at("step")).toEqual([1, 2, 3, 4]);
    expect(at("tokens")).toEqual([70, 140, 210, 280]);
    expect(at("flops")).toEqual([210, 420, 630, 840]);
    expect(at("time")).toEqual([0.5, 1, 1.5, 2]);
  });

  it("put an evaluation where its step stands, the first at the origin", () => {
    expect(lossSeries(detail, "tokens", "this run", false).points).toEqual([
      { x: 0, y: 5 },
      { x: 140, y: 4 },
    ]);
  });

  it("estimate the end of the axis from the way so far", () => {
    expect(endOfAxis(detail, "step")).toBe(10);
    expect(endOfAxis(detail, "tokens")).toBe(700);
    expect(endOfAxis(runDetailFixture({ steps: 10, step: 0 }), "tokens")).toBeUndefined();
  });

  it("place a step that has no metrics by the mean length of a step", () => {
    expect(placeOfStep(detail, "time")(8)).toBe(4);
  });

  it("keep the spikes of points that stand for several steps, and place an evaluation within one", () => {
    const ofFour = { steps: 4, step: 4, tokens: 280, lossLow: 1, lossHigh: 99 };
    const thinned = { ...detail, stepsAPoint: 4, metrics: detail.metrics.slice(0, 1).map((point) => ({ ...point, ...ofFour })) };
    expect(lossSeries(thinned, "step", "this run", false).raw).toEqual([
      { x: 4, y: 1 },
      { x: 4, y: 99 },
    ]);
    expect(placeOfStep(thinned, "tokens")(2)).toBe(140);
  });

  it("give the throughput over stretches of half a second and more", () => {
    expect(throughputPoints(detail, "step")).toEqual([1, 2, 3, 4].map((step) => ({ x: step, y: 140 })));
  });
});

describe("the planned learning rate", () => {
  const settings = trainingSettings.parse({ steps: 110, warmupFraction: 10 / 110, learningRate: 2 });

  it("is the trainer's, step for step, in every schedule", () => {
    for (const schedule of ["cosine", "linear", "constant"] as const) {
      for (const step of [1, 5, 10, 11, 60, 110]) {
        expect(scheduledRate({ ...settings, schedule }, step)).toBeCloseTo(learningRateAt(step - 1, { ...settings, schedule }), 12);
      }
    }
  });

  it("rises in a line, then falls by a half cosine", () => {
    expect(scheduledRate(settings, 11)).toBe(2);
    expect(scheduledRate(settings, 61)).toBeCloseTo(1, 12);
  });
});
