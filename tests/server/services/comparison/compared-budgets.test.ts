import { describe, expect, it } from "vitest";
import { pairQuery } from "@/lib/contract/comparison";
import type { MatchMode } from "@/lib/contract/experiment";
import { insertExperiment, insertTrials } from "@/server/db/experiments/experiments";
import { newId } from "@/server/db/new-id";
import type { RunRow } from "@/server/db/runs/runs";
import { compareBudgets } from "@/server/services/comparison/compared-budgets";
import { startExperiment } from "@/server/services/experiments/start-experiment";
import { comparedRun, someLora } from "@/tests/support/compared-run";
import { smallExperiment } from "@/tests/support/experiment";
import { freshContext } from "@/tests/support/service-context";
import { storedModel } from "@/tests/support/stored-model";

const context = await freshContext();
const { store } = context;
await storedModel(context);

/** Over the q_proj (8 to 8) of 3 layers: M = 7, k = 2. */
const stan = () => comparedRun(store, { losses: [3, 2], cost: { trainableParameters: 336, activeParameters: 96 } });
/** Over the same, of rank 3. */
const lora = (cost: object = {}) =>
  comparedRun(store, { adapter: someLora, cost: { trainableParameters: 144, activeParameters: 144, medianStepMs: 1000, ...cost } });

async function budgetsOf(runs: readonly RunRow[], places = {}) {
  const { budgets, tolerance } = await compareBudgets(context, pairQuery.parse({ runs: runs.map(({ id }) => id).join(","), ...places }));
  const of = (mode: MatchMode) => budgets.find((budget) => budget.mode === mode);
  return { of, tolerance };
}

describe("budgets of two sides", () => {
  it("name the size of the second with which it would match, or else that of the first", async () => {
    const runs = [await stan(), await lora()];
    const { of, tolerance } = await budgetsOf(runs);
    expect(tolerance).toBe(0.02);
    expect(of("parameters")).toEqual({
      mode: "parameters",
      values: [336, 144],
      fits: [],
      suggestion: { side: 1, matches: 0, runId: runs[1]?.id, setting: "rank", value: 7 },
    });
    expect(of("activeParameters")?.suggestion).toMatchObject({ side: 1, setting: "rank", value: 2 });
    // 2 · 3 · (7 · 8 + 2 · 8) against 2 · 3 · 3 · 16, which no rank makes 432; 4 latents make it 288.
    expect(of("flops")).toMatchObject({ values: [432, 288], suggestion: { side: 0, matches: 1, setting: "numLatents", value: 4 } });
  });

  it("go by the clock of training, which more steps of the second would match", async () => {
    // 2.5 seconds were logged; 5 steps of a second were measured.
    const { of } = await budgetsOf([await stan(), await lora()]);
    expect(of("wallClock")).toMatchObject({ values: [2.5, 5], fits: [], suggestion: { side: 1, setting: "steps", value: 3 } });
  });

  it("name all sides that fit the first within 2 %, and suggest nothing where the second is one of them", async () => {
    const runs = [await stan(), await lora({ trainableParameters: 341 }), await lora({ trainableParameters: 350 })];
    const others = [runs[0], await comparedRun(store, { cost: { trainableParameters: 336 }, training: { learningRate: 0.5 } }), runs[1]];
    const { of } = await budgetsOf(others.filter((run) => run !== undefined));
    expect(of("parameters")).toMatchObject({ fits: [1, 2], suggestion: null });
    expect((await budgetsOf([runs[0], runs[2]].filter((run) => run !== undefined))).of("parameters")?.fits).toEqual([]);
  });

  it("count the trials that a final run's setting was chosen from, and know none of other runs", async () => {
    const { id } = (await startExperiment(context, await smallExperiment(context))).experiment;
    const trial = { adapter: someLora, learningRate: 0.1, seed: 0 };
    await insertTrials(store.db, id, [
      { stage: "sweep", arm: 0, trial: 2, ...trial },
      { stage: "probe", arm: 1, trial: 0, ...trial },
    ]);
    const final = (arm: number) => ({ id, arm, stage: "final" as const, trial: 0 });
    const runs = [
      await comparedRun(store, { experiment: final(0) }),
      await comparedRun(store, { adapter: someLora, experiment: final(1) }),
      await comparedRun(store, { training: { learningRate: 0.5 } }),
    ];
    const { of } = await budgetsOf(runs);
    expect(of("budget")).toMatchObject({ values: [3, 2, null], fits: [], suggestion: null });
  });

  it("count those of the domains that a final run was trained on, where arms were trained on several sets of them", async () => {
    const { request, estimate } = await startExperiment(context, await smallExperiment(context));
    const id = newId();
    const about = { id, name: "domains", estimate, modelName: "small", dataName: "lines", stage: "final" as const };
    const asked = { ...request, domainSets: [["land"], ["sea"]] };
    // Each arm: two sets of domains, of three settings for the first and two for the second.
    const trials = [0, 1, 2, 3, 4].map((trial) => ({
      stage: "sweep" as const,
      arm: 0,
      trial,
      adapter: someLora,
      learningRate: 0.1,
      seed: 0,
    }));
    await insertExperiment(store.db, { ...about, request: asked }, trials);
    const final = (trial: number) => ({ id, arm: 0, stage: "final" as const, trial });
    const runs = [
      await comparedRun(store, { experiment: final(0), data: { domains: ["land"] } }),
      await comparedRun(store, { experiment: final(request.finalSeeds.length), data: { domains: ["sea"] } }),
    ];
    expect((await budgetsOf(runs)).of("budget")?.values).toEqual([3, 2]);
  });
});
