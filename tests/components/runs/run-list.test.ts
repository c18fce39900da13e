import { describe, expect, it } from "vitest";
import { demonstrationStages } from "@/components/runs/demonstration-stages";
import { differenceAxes, differenceAxis } from "@/components/runs/difference-axis";
import { listRuns } from "@/components/runs/run-list";
import { runsCsv } from "@/components/runs/runs-csv";
import { layOutTurnover } from "@/components/runs/turnover-layout";
import type { JobSummary, RunSummary } from "@/lib/contract/run";
import { plainView, readView, writeView } from "@/tests/support/addresses";
import { runDetailFixture } from "./run-detail-fixture";

const { run } = runDetailFixture({ steps: 10, step: 4 });
const evaluation = run.latestEvaluation ?? expect.fail("the fixture is evaluated");
const at = (id: string, difference: number | null, more: Partial<RunSummary> = {}): RunSummary => ({
  ...run,
  id,
  latestEvaluation: difference === null ? null : { ...evaluation, difference, differenceHalfWidth: 0.1 },
  ...more,
});
const ids = (runs: readonly RunSummary[]) => runs.map(({ id }) => id);

describe("the list of runs", () => {
  const runs = [at("a", -0.5), at("b", null), at("c", -0.7, { method: "lora", modelName: "SmolLM2" })];

  it("sorts by a number, runs without it last in both orders", () => {
    expect(ids(listRuns(runs, { ...plainView, sort: "difference", order: "asc" }))).toEqual(["c", "a", "b"]);
    expect(ids(listRuns(runs, { ...plainView, sort: "difference", order: "desc" }))).toEqual(["a", "c", "b"]);
  });

  it("filters by method and by every word", () => {
    expect(ids(listRuns(runs, { ...plainView, method: "lora" }))).toEqual(["c"]);
    expect(ids(listRuns(runs, { ...plainView, text: "smol lora" }))).toEqual(["c"]);
    expect(ids(listRuns(runs, { ...plainView, text: "smol qwen" }))).toEqual([]);
  });

  it("keeps its view in the address and reads it back", () => {
    const view = { ...plainView, text: "a b", method: "stan" as const, sort: "loss" as const, order: "asc" as const };
    expect(readView(new URLSearchParams(writeView(view)))).toEqual(view);
    expect(writeView(plainView)).toBe("");
    expect(readView(new URLSearchParams("sort=nonsense&method=x"))).toEqual(plainView);
  });

  it("is written as CSV with unrounded numbers and quoted names", () => {
    const [, row = ""] = runsCsv([at("a", -0.512345, { name: 'x, "y"' })]).split("\r\n");
    expect(row.startsWith('"x, ""y""",a,stan,')).toBe(true);
    expect(row).toContain(",-0.512345,0.1,");
  });
});

describe("the axis of differences", () => {
  it("has no more numbers than stand side by side, also where a run is at its base model", () => {
    const still = { ...at("a", 0), latestEvaluation: { ...evaluation, difference: 0, differenceHalfWidth: 0 } };
    for (const runs of [[still], [at("a", -0.3)], [at("a", -7), at("b", -1)]]) {
      const ticks = differenceAxis(runs, 216)?.ticks ?? [];
      expect(ticks.length).toBeGreaterThan(1);
      expect(ticks.length).toBeLessThan(6);
    }
  });

  it("holds every interval, and leaves out a zero that is far away", () => {
    const axis = differenceAxis([at("a", -1), at("b", -0.9)], 216) ?? expect.fail("no axis");
    expect(axis.hasZero).toBe(false);
    expect(axis.x(-1.1)).toBeGreaterThanOrEqual(16);
    expect(axis.x(-0.8)).toBeLessThanOrEqual(200);
  });

  it("takes in a zero that is near", () => {
    expect(differenceAxis([at("a", -0.2), at("b", -0.1)], 216)?.hasZero).toBe(true);
  });

  it("is shared by runs of one dataset, and by no others", () => {
    const runs = [at("a", -7), at("b", -6), at("c", -0.2, { dataName: "poems" })];
    const [a, b, c] = runs.map((run) => differenceAxes(runs, 216).of(run)?.ticks);
    expect(a).toEqual(b);
    expect(c).not.toEqual(a);
    expect(differenceAxes(runs, 216).shared).toBeNull();
    expect(differenceAxes(runs.slice(0, 2), 216).shared?.ticks).toEqual(a);
  });

  it("draws nothing of an evaluation before the first step", () => {
    const untrained = { ...at("a", 0), latestEvaluation: { ...evaluation, step: 0, difference: 0, differenceHalfWidth: 0 } };
    expect(differenceAxis([untrained], 216)).toBeNull();
    expect(differenceAxes([untrained], 216).isAny).toBe(false);
  });

  it("is not there before a run is evaluated", () => {
    expect(differenceAxis([at("a", null)], 216)).toBeNull();
  });
});

describe("births and deaths", () => {
  it("stand on one zero line, a bar from each window's start to its step", () => {
    const health = [2, 4].map((step) => ({
      step,
      windowTokens: 7,
      numLatents: 7,
      alive: 5,
      births: step + 1,
      deaths: 1,
      densityHistogram: [],
    }));
    const layout = layOutTurnover(health, 10, 456, 150);
    expect(layout.zero).toBe((layout.box.top + layout.box.bottom) / 2);
    expect(layout.bars.map((bar) => [bar.x, bar.width].map((pixel) => Math.round(pixel * 10) / 10))).toEqual([
      [44.5, 78.5],
      [124.5, 78.5],
    ]);
    expect(layout.bars[1]?.birthsTop).toBeCloseTo(layout.box.top, 9);
  });
});

describe("the demonstration's stages", () => {
  const job: JobSummary = {
    id: "t",
    kind: "demonstration",
    title: "Demonstration",
    status: "running",
    done: 1,
    total: 3,
    unit: "steps",
    message: "Adding the text",
    error: null,
    createdAt: "2026-01-01T00:00:00.000Z",
  };
  const collection = { id: "c", status: "running" as const, positionKind: "token" as const, tokens: 5, maxTokens: 7 };
  const stan = at("s", -0.5, { group: "demonstration", status: "finished", collection });
  const lora = at("l", null, { group: "demonstration", method: "lora", status: "queued", step: 0 });

  it("are none before it is started", () => {
    expect(demonstrationStages([at("a", -1)], [], "absent")).toBeNull();
  });

  it("begin with model and text", () => {
    expect(demonstrationStages([], [job], "running")?.map(({ name, state, done }) => [name, state, done])).toEqual([
      ["Model and text", "live", 1],
    ]);
  });

  it("then go through trainings and statistics, STAN first", () => {
    const stages = demonstrationStages([lora, stan], [{ ...job, status: "finished" }], "running");
    expect(stages?.map(({ name, state }) => [name, state])).toEqual([
      ["Model and text", "done"],
      ["Train STAN", "done"],
      ["Statistics of STAN", "live"],
      ["Train LoRA", "waiting"],
      ["Statistics of LoRA", "waiting"],
    ]);
  });

  it("make way once all is done and other runs have followed", () => {
    const done = { ...collection, status: "finished" as const };
    const finished = [
      { ...stan, collection: done },
      { ...lora, status: "finished" as const, collection: done },
    ];
    expect(demonstrationStages(finished, [], "ready")?.every((stage) => stage.state === "done")).toBe(true);
    expect(demonstrationStages([...finished, at("x", null)], [], "ready")).toBeNull();
  });

  it("stop at a training that failed, with its reason", () => {
    const failed = demonstrationStages([{ ...stan, status: "failed", error: "Loss not finite." }], [], "failed");
    expect(failed?.at(-1)).toMatchObject({ name: "Train STAN", state: "failed", message: "Loss not finite." });
  });

  it("tell a training that was cancelled from one that failed", () => {
    const cancelled = demonstrationStages([{ ...stan, status: "cancelled" }], [], "failed");
    expect(cancelled?.at(-1)).toMatchObject({ name: "Train STAN", state: "cancelled" });
  });
});
