import { expect, it } from "vitest";
import { expectedCost } from "@/lib/contract/expected-cost";
import { memoryPlan, totalBytes } from "@/lib/contract/memory-plan";
import { type RunConfig, type RunConfigInput, runConfig } from "@/lib/contract/run-config";
import { readModel } from "@/server/db/library/models";
import { insertRun, setRunCost, setRunStatus } from "@/server/db/runs/runs";
import { estimateRuns } from "@/server/services/runs/estimate-runs";
import { smallExperiment } from "@/tests/support/experiment";
import { freshContext } from "@/tests/support/service-context";

const context = await freshContext();
const { db } = context.store;
const small = await smallExperiment(context);
const model = (await readModel(db, small.model)) ?? expect.fail("no model");
const targets = { modules: ["v_proj"], layers: [1] };

function configOf(changes: Partial<RunConfigInput> = {}) {
  return runConfig.parse({
    model: small.model,
    data: small.data,
    training: { ...small.training, learningRate: 0.01 },
    adapter: { method: "stan", numLatents: 7, k: 2, targets },
    ...changes,
  } satisfies RunConfigInput);
}

function planOf(config: RunConfig) {
  return memoryPlan(config, model) ?? expect.fail("no memory");
}

it("says what is not known where nothing was measured, and gives memory by the formula", async () => {
  const config = configOf();
  expect(await estimateRuns(context, [{ config }])).toEqual([
    {
      ...{ trainingSeconds: null, collectionSeconds: null, speed: "unknown", timedBy: null },
      ...{
        memory: planOf(config),
        ...{ machineBytes: null, availableBytes: null },
        remedies: expect.any(Array),
        memoryBytes: totalBytes(planOf(config)),
        memoryBy: null,
      },
    },
  ]);
});

it("goes by the time and the memory of a finished run over the same model", async () => {
  const config = configOf();
  const told = totalBytes(planOf(config));
  const about = { name: "measured", modelId: small.model, modelName: "m", dataSetId: null, dataName: "d", seed: 0, steps: 12 };
  await insertRun(db, { id: "measured", method: "stan", config, group: null, ...about });
  const cost = expectedCost(config.adapter, model) ?? expect.fail("no cost");
  const measured = { medianStepMs: 1000, tokensPerSecond: 36, peakMemoryBytes: 3 * told, besideShare: 0 };
  await setRunCost(db, "measured", { ...cost, ...measured });
  await setRunStatus(db, "measured", "finished");
  const longer = configOf({
    training: { ...small.training, learningRate: 0.01, steps: 120 },
    collection: { maxTokens: 360 },
  });
  const toTheEnd = configOf({ collection: { maxTokens: 7200 } });
  const ofHeldOut = configOf({ collection: { maxTokens: 7200, split: "validation" } });
  const [same, more, whole, heldOut] = await estimateRuns(context, [
    { config },
    { config: longer },
    { config: toTheEnd },
    { config: ofHeldOut },
  ]);
  const run = { id: "measured", name: "measured" };
  expect(same).toMatchObject({ speed: "likeRuns", timedBy: run, memoryBy: run, memoryBytes: 3 * told, collectionSeconds: 0 });
  // 12 steps of a second, 5 evaluations of 12 rows of 24 tokens at 0.45 of a step's time, and 2 seconds around them.
  expect(same?.trainingSeconds).toBeCloseTo(12 + (5 * 12 * 24 * 0.45) / 72 + 2, 5);
  expect(more?.trainingSeconds).toBeGreaterThan(120);
  // 360 tokens at 36 tokens a second.
  expect(more?.collectionSeconds).toBeCloseTo(10, 5);
  // 60 lines have some 13 tokens each, and the 12 held-out ones a fifth of them.
  expect(whole?.collectionSeconds).toBeCloseTo((60 * 12.83) / 36, 1);
  expect(heldOut?.collectionSeconds).toBeCloseTo((whole?.collectionSeconds ?? 0) / 5, 5);
});

it("is estimated for rows that cannot be learned from too, and refused without its model", async () => {
  const wrong = configOf({ data: { ...small.data, domains: ["none of these"] } });
  expect(await estimateRuns(context, [{ config: wrong }])).toHaveLength(1);
  await expect(estimateRuns(context, [{ config: configOf({ model: "gone" }) }])).rejects.toMatchObject({ field: "config.model" });
});
