import { describe, expect, it } from "vitest";
import { foldExperiments } from "@/components/runs/experiment-folds";
import type { RunOfExperiment, RunSummary } from "@/lib/contract/run";
import { runDetailFixture } from "./run-detail-fixture";

function run(id: string, stage?: RunOfExperiment["stage"], experiment = "e1"): RunSummary {
  const of = stage === undefined ? null : { id: experiment, arm: 0, stage, trial: 0 };
  return { ...runDetailFixture({ steps: 7, step: 3 }).run, id, group: stage === undefined ? null : `group ${experiment}`, experiment: of };
}

const runs = [run("a"), run("b", "sweep"), run("c", "final"), run("d", "probe"), run("e", "sweep", "e2")];

describe("a list of runs", () => {
  it("shows the trials of each experiment as one line, and its final runs beside all others", () => {
    const { listed, folds } = foldExperiments(runs, new Set());
    expect(listed.map(({ id }) => id)).toEqual(["a", "c"]);
    expect(folds.map(({ name, trials, isOpen }) => [name, trials.map(({ id }) => id), isOpen])).toEqual([
      ["group e1", ["b", "d"], false],
      ["group e2", ["e"], false],
    ]);
  });

  it("shows the trials of an experiment that is opened in their places", () => {
    const { listed, folds } = foldExperiments(runs, new Set(["e1"]));
    expect(listed.map(({ id }) => id)).toEqual(["a", "b", "c", "d"]);
    expect(folds.map(({ isOpen }) => isOpen)).toEqual([true, false]);
  });
});
