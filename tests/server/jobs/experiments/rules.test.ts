import { describe, expect, it } from "vitest";
import { chooseSetting, type SweptTrial } from "@/server/jobs/experiments/choose-settings";
import { evenOutSteps } from "@/server/jobs/experiments/even-out-steps";
import { isHopeless } from "@/server/jobs/experiments/median-stopping";

const rule = { firstStep: 20, afterTrials: 2 };
const losses = (...values: number[]) => values.map((loss, at) => ({ step: 10 * at, loss }));

describe("the median stopping rule", () => {
  const ended = [losses(9, 3, 1, 1), losses(9, 4, 2, 1), losses(9, 5, 3, 1)];

  it("stops a trial whose best loss is worse than the median of the others' mean losses up to its step", () => {
    // Means up to step 20 are 2, 3 and 4.
    expect(isHopeless(losses(9, 8, 3.1), ended, rule)).toBe(true);
    expect(isHopeless(losses(9, 2.9, 8), ended, rule)).toBe(false);
    expect(isHopeless(losses(9, 8, 3), ended, rule)).toBe(false);
  });

  it("leaves what all have in common, the evaluation before the first step, out of account", () => {
    expect(isHopeless(losses(0, 8, 8), ended, rule)).toBe(true);
    expect(isHopeless(losses(9, 4.1, 4.1), [losses(0, 3, 3), losses(0, 3, 3)], rule)).toBe(true);
  });

  it("reads trials of any number of evaluations", () => {
    const long = Array.from({ length: 200_000 }, (_, step) => ({ step, loss: step === 7 ? 0.5 : 2 }));
    const worse = long.map(({ step }) => ({ step, loss: 3 }));
    expect(isHopeless(long, [worse, worse], rule)).toBe(false);
    expect(isHopeless(worse, [long, long], rule)).toBe(true);
  });

  it("stops nothing before the first step, nor before enough trials have ended that came so far", () => {
    expect(isHopeless(losses(9, 8), ended, rule)).toBe(false);
    expect(isHopeless(losses(9, 8, 8), ended.slice(0, 1), rule)).toBe(false);
    expect(isHopeless(losses(9, 8, 8), [losses(9, 3, 1), losses(9, 3)], rule)).toBe(false);
    expect(isHopeless(losses(9, 8, 8), [losses(9, 3, 1), losses(9, 3, 1)], rule)).toBe(true);
  });

  it("takes the mean of the two middle ones where their number is even", () => {
    const four = [losses(9, 1, 1), losses(9, 2, 2), losses(9, 4, 4), losses(9, 7, 7)];
    expect(isHopeless(losses(9, 3.1, 3.1), four, rule)).toBe(true);
    expect(isHopeless(losses(9, 2.9, 2.9), four, rule)).toBe(false);
  });
});

function swept(trial: number, loss: number | null, changes: Partial<SweptTrial> = {}): SweptTrial {
  return { trial, setting: trial, learningRate: 10 ** -trial, outcome: "finished", loss, ...changes };
}

describe("the choice of an arm's setting", () => {
  it("is the least loss of those that came to their end, with the next best beside it", () => {
    const trials = [swept(0, 0.2, { outcome: "stoppedEarly" }), swept(1, 0.7), swept(2, 0.5), swept(3, null, { outcome: "failed" })];
    expect(chooseSetting(trials)).toEqual({
      trial: 2,
      loss: 0.5,
      bySeed: [0.5],
      runnerUp: { trial: 1, loss: 0.7 },
      tried: 4,
      failed: 1,
      stoppedEarly: 1,
      isAtEdge: null,
    });
  });

  it("is the least mean over the seeds, and never a setting that a seed of failed or was stopped", () => {
    const two = (setting: number, losses: readonly (number | null)[], outcomes: readonly SweptTrial["outcome"][] = []) =>
      losses.map((loss, at) => swept(2 * setting + at, loss, { setting, outcome: outcomes[at] ?? "finished" }));
    const lucky = two(0, [0.1, 0.9]);
    const steady = two(1, [0.4, 0.5]);
    const chosen = chooseSetting([...lucky, ...steady]);
    expect(chosen).toMatchObject({ trial: 2, loss: 0.45, bySeed: [0.4, 0.5], runnerUp: { trial: 0, loss: 0.5 }, tried: 4 });
    const halved = [...two(0, [0.1, null], ["finished", "failed"]), ...two(2, [0.1, 0.2], ["finished", "stoppedEarly"]), ...steady];
    expect(chooseSetting(halved)).toMatchObject({ trial: 2, runnerUp: null, tried: 6, failed: 1, stoppedEarly: 1 });
  });

  it("says when the best learning rate is the highest or the lowest that was tried", () => {
    expect(chooseSetting([swept(0, 0.4), swept(1, 0.5)])?.isAtEdge).toBe("highest");
    expect(chooseSetting([swept(0, 0.6), swept(1, 0.5)])?.isAtEdge).toBe("lowest");
    expect(chooseSetting([swept(0, 0.6)])?.isAtEdge).toBeNull();
  });

  it("is none where every trial failed, was stopped, or has a loss that is no number", () => {
    const trials = [swept(0, 0.4, { outcome: "ended" }), swept(1, null, { outcome: "failed" }), swept(2, Number.NaN)];
    expect(chooseSetting(trials)).toBeUndefined();
  });
});

describe("steps of equal time", () => {
  it("are all for the fastest, and as many as fit for the others", () => {
    const steps = evenOutSteps(
      [
        { key: "a", medianStepMs: 10 },
        { key: "b", medianStepMs: 25 },
        { key: "c", medianStepMs: 90_000 },
      ],
      100,
    );
    expect([...steps]).toEqual([
      ["a", 100],
      ["b", 40],
      ["c", 1],
    ]);
  });
});
