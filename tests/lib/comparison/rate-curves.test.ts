import { describe, expect, it } from "vitest";
import { rateSeries } from "@/components/experiments/rate-series";
import { choiceWords, isChosen } from "@/components/experiments/trial-words";
import { rateCurves, sweptGrids } from "@/lib/comparison/rate-curves";
import type { ExperimentDetail, ExperimentTrial } from "@/lib/contract/experiment";

const targets = { modules: ["v_proj"], layers: null };
const stan = (numLatents: number, k: number) => ({
  method: "stan" as const,
  numLatents,
  k,
  alpha: 1,
  selection: "signed" as const,
  init: "zero" as const,
  targets,
});

type Tried = {
  setting: number;
  seed: number;
  loss: number;
  rate?: number;
  adapter?: ExperimentTrial["adapter"];
  domainSet?: number;
  status?: string;
};

/** A trial of the sweep; two seeds a setting. */
function trial({ setting, seed, loss, rate = 0.01, adapter = stan(7, 2), domainSet, status = "finished" }: Tried): ExperimentTrial {
  const place = { stage: "sweep", arm: 0, trial: 2 * setting + seed, setting, domainSet: domainSet ?? null };
  const evaluation = { step: 5, loss, baseLoss: 3, difference: loss - 3, differenceHalfWidth: null, answer: null };
  return {
    ...place,
    adapter,
    learningRate: rate,
    seed,
    steps: 5,
    status,
    evaluation,
    error: null,
    run: null,
    step: 5,
  } as unknown as ExperimentTrial;
}

const request = {
  arms: [{ name: "STAN", adapters: [stan(7, 2)] }],
  domainSets: [["films"], ["goods", "notes"]],
} as unknown as ExperimentDetail["request"];

describe("what came of a sweep", () => {
  it("is drawn as the mean over seeds against the rate, with their range, in the order of rates", () => {
    const trials = [
      trial({ setting: 0, seed: 0, loss: 2, rate: 0.1 }),
      trial({ setting: 0, seed: 1, loss: 3, rate: 0.1 }),
      trial({ setting: 1, seed: 0, loss: 1, rate: 0.01 }),
      trial({ setting: 1, seed: 1, loss: 9, rate: 0.01, status: "stoppedEarly" }),
    ];
    const [curve, ...others] = rateSeries(rateCurves({ trials, request }, null));
    expect(others).toEqual([]);
    expect(curve?.points).toEqual([
      { x: -2, y: 1 },
      { x: -1, y: 2.5 },
    ]);
    expect(curve?.band?.map(({ low, high }) => [low, high])).toEqual([
      [1, 1],
      [2, 3],
    ]);
  });

  it("is a curve for each adapter of each arm, named by the adapter where the arm has several", () => {
    const both = { ...request, arms: [{ name: "STAN", adapters: [stan(7, 2), stan(11, 2)] }] } as unknown as ExperimentDetail["request"];
    const trials = [trial({ setting: 0, seed: 0, loss: 2 }), trial({ setting: 1, seed: 0, loss: 1, adapter: stan(11, 2) })];
    expect(rateSeries(rateCurves({ trials, request: both }, null)).map(({ label, isSecond }) => [label, isSecond])).toEqual([
      ["STAN M=7 k=2", false],
      ["STAN M=11 k=2", true],
    ]);
    expect(rateSeries(rateCurves({ trials: trials.slice(0, 1), request }, null)).map(({ label }) => label)).toEqual(["STAN"]);
  });

  it("is a map over k and the number of latents, each at the best of its rates, where several of both were tried", () => {
    const sizes = [stan(7, 2), stan(7, 3), stan(11, 2)];
    const trials = sizes.flatMap((adapter, at) => [
      trial({ setting: 2 * at, seed: 0, loss: 5 + at, adapter, rate: 0.01 }),
      trial({ setting: 2 * at + 1, seed: 0, loss: 9 - at, adapter, rate: 0.02 }),
    ]);
    const together = { ...request, domainSets: null };
    expect(sweptGrids({ trials, request: together })).toEqual([
      {
        arm: 0,
        domainSet: null,
        grid: {
          ks: [2, 3],
          sizes: [7, 11],
          cells: [
            [5, 7],
            [6, null],
          ],
        },
      },
    ]);
    expect(sweptGrids({ trials: trials.slice(0, 4), request: together })).toEqual([]);
  });

  it("marks every seed of the setting that was chosen, and tells its mean", () => {
    const trials = [0, 1].flatMap((setting) => [0, 1].map((seed) => trial({ setting, seed, loss: 2 })));
    const choice = {
      arm: 0,
      domainSet: null,
      trial: 2,
      loss: 2,
      bySeed: [1.5, 2.5],
      runnerUp: null,
      tried: 4,
      failed: 0,
      stoppedEarly: 0,
      isAtEdge: null,
    };
    expect(trials.map((one) => isChosen(one, { choices: [choice], trials }))).toEqual([false, false, true, true]);
    expect(choiceWords(choice, trials)).toContain("2.0000, mean over 2 seeds (1.5000, 2.5000); of 4 trials.");
  });
});
