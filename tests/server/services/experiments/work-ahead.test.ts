import { describe, expect, it } from "vitest";
import type { ExperimentEstimate, ExperimentRequest } from "@/lib/contract/experiment";
import type { TrialWithRun } from "@/server/db/experiments/trials";
import { workAhead } from "@/server/services/experiments/work-ahead";

const request = {
  arms: [{ name: "one" }, { name: "other" }],
  domainSets: [["a"], ["b"]],
  finalSeeds: [1, 2, 3],
  sweepSeeds: [0],
  training: { steps: 100 },
} as unknown as ExperimentRequest;

/** Two seconds a step for the first arm, five for the second; a statistics pass of 30 seconds after each final run. */
const estimate = {
  arms: [
    { steps: 1000, runSeconds: 2000, seconds: 2000 + 6 * 30 },
    { steps: 1000, runSeconds: 5000, seconds: 5000 + 6 * 30 },
  ],
} as unknown as ExperimentEstimate;

const running = { request, estimate, status: "running", stage: "sweep" } as const;

type Ran = { arm: number; stage?: string; status?: string; step?: number; seconds?: number };

function trial({ arm, stage = "sweep", status, step = 0, seconds = 0 }: Ran): TrialWithRun {
  const startedAt = new Date(1000);
  const run = status === undefined ? null : { status, step, startedAt, finishedAt: new Date(1000 + 1000 * seconds) };
  return { trial: { arm, stage, steps: 100, runId: run === null ? null : "r" }, run } as unknown as TrialWithRun;
}

describe("what is still to come of an experiment", () => {
  it("is told by the estimate before anything has ended, final runs that are not planned yet with it", () => {
    const trials = [trial({ arm: 0 }), trial({ arm: 1, status: "queued" })];
    const { runs, steps, seconds, measuredRuns, overEstimate } = workAhead(running, trials);
    expect([runs, steps]).toEqual([2 + 12, 200 + 1200]);
    expect(seconds).toBeCloseTo(700 * 2 + 700 * 5 + 12 * 30);
    expect([measuredRuns, overEstimate]).toEqual([0, null]);
  });

  it("is told by an arm's own runs, and of another by how far the estimate was off", () => {
    const trials = [
      trial({ arm: 0, status: "finished", step: 100, seconds: 50 }),
      trial({ arm: 0, status: "running", step: 40 }),
      trial({ arm: 1 }),
    ];
    const { steps, seconds, measuredRuns, overEstimate } = workAhead(running, trials);
    expect(steps).toBe(60 + 600 + 100 + 600);
    // Half a second a step where two were estimated; a quarter of five for the other arm.
    expect([measuredRuns, overEstimate]).toEqual([1, 0.25]);
    expect(seconds).toBeCloseTo(660 * 0.5 + 700 * 1.25 + 12 * 30);
  });

  it("leaves out times of runs that failed or waited, and counts what was cancelled as to be done", () => {
    const trials = [
      trial({ arm: 0, status: "failed", step: 3, seconds: 900 }),
      trial({ arm: 0, status: "cancelled", step: 30, seconds: 900 }),
      trial({ arm: 1, status: "stopped", step: 20, seconds: 20 }),
    ];
    const { steps, measuredRuns, overEstimate } = workAhead(running, trials);
    expect([steps, measuredRuns, overEstimate]).toEqual([70 + 1200, 1, 0.2]);
    // Once it has ended, a resumption would train again what failed in its stage.
    expect(workAhead({ ...running, status: "failed" }, trials).steps).toBe(97 + 70 + 1200);
    expect(workAhead({ ...running, status: "failed", stage: "final" }, trials).steps).toBe(70 + 1200);
  });

  it("is nothing once all has ended, and not known where no speed is", () => {
    const finals = [0, 1].map((arm) => trial({ arm, stage: "final", status: "finished", step: 100, seconds: 9 }));
    expect(workAhead(running, finals)).toMatchObject({ runs: 0, steps: 0, seconds: 0 });
    const unknown = { arms: estimate.arms.map((arm) => ({ ...arm, seconds: null, runSeconds: null })) } as unknown as ExperimentEstimate;
    expect(workAhead({ ...running, estimate: unknown }, [trial({ arm: 0 })])).toMatchObject({ seconds: null, overEstimate: null });
  });
});
