import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RunCost } from "@/lib/contract/run";
import { type RunConfigInput, runConfig } from "@/lib/contract/run-config";
import { startEngine } from "@/server/engine/tensor/backend";
import { zeros } from "@/server/engine/tensor/create";
import { free } from "@/server/engine/tensor/scope";
import { readAdapter } from "@/server/files/adapters/adapter-folder";
import { createRuntime } from "@/server/runtime/runtime";
import { readLatentRecord } from "@/server/runtime/training/latent-record-file";
import { readSession } from "@/server/runtime/training/training-checkpoint";
import type { TrainingOrder, TrainingRecorder } from "@/server/runtime/training/training-events";
import { runTraining } from "@/server/runtime/training/training-session";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const quiet: TrainingRecorder = {
  begin: async () => {},
  step: async () => {},
  evaluation: async () => {},
  health: async () => {},
  cost: async () => {},
  log: async () => {},
  flush: async () => {},
  checkpoint: async () => {},
};

/** Trains on a few lines in the folder; told `order` once it has taken so many steps. */
async function trainUntil(
  folder: string,
  adapter: RunConfigInput["adapter"],
  told: { step: number; order: TrainingOrder },
  recorder: Partial<TrainingRecorder> = {},
) {
  await startEngine();
  const lines = Array.from({ length: 20 }, (_, row) => JSON.stringify({ text: `Line ${row} says ${row * 13} again.` }));
  writeFileSync(join(folder, "texts.jsonl"), lines.join("\n"));
  const runtime = createRuntime(() => performance.now());
  const base = await runtime.textBase("demo/model", "exact", "background");
  let steps = 0;
  const outcome = await runTraining({
    config: runConfig.parse({
      model: "demo/model",
      data: { kind: "dataSet", path: join(folder, "texts.jsonl"), mapping: { kind: "text", text: "text" }, validationRows: 2 },
      adapter,
      training: { steps: 60, batchRows: 2, maxTokens: 24, learningRate: 2e-3, evaluateEvery: 0 },
    } satisfies RunConfigInput),
    base: base.value,
    about: { baseModel: "small", revision: null },
    adapterFolder: join(folder, "adapter"),
    checkpointFolder: join(folder, "checkpoint"),
    isResumed: true,
    turns: runtime.turns,
    recorder: {
      ...quiet,
      step: async ({ step }) => {
        steps = step;
      },
      ...recorder,
    },
    order: () => (steps === told.step ? told.order : "continue"),
    signal: new AbortController().signal,
  });
  base.release();
  return outcome;
}

const targets = { modules: ["v_proj"], layers: [1] };
const stan = { method: "stan" as const, numLatents: 13, k: 3, targets };

test("a stopped run writes the record of its latents beside the adapter", async () => {
  const folder = temporaryFolder();
  expect(await trainUntil(folder, stan, { step: 7, order: "stop" })).toEqual({ status: "stopped", step: 7 });
  const record = readLatentRecord(join(folder, "adapter"));
  expect(record).toMatchObject({ steps: 7, quietSteps: 2 });
  expect(record?.windowEnds).toEqual(Int32Array.of(1, 2, 3, 4, 5, 6, 7));
  const [module] = record?.modules.values() ?? [];
  expect(module?.bornAtStep.some((step) => step === 1)).toBe(true);
  // Each of a window's tokens keeps k latents, whichever they are.
  for (let window = 0; window < 7; window++) {
    const sum = module?.density.subarray(window * 13, (window + 1) * 13).reduce((total, density) => total + density, 0);
    expect(sum).toBeCloseTo(3, 5);
  }
});

test("a run that was handed over has the very record of one that was not", async () => {
  const [whole, broken] = [temporaryFolder(), temporaryFolder()];
  await trainUntil(whole, stan, { step: -1, order: "stop" });
  await trainUntil(broken, stan, { step: 41, order: "handBack" });
  expect(existsSync(join(broken, "adapter"))).toBe(false);
  await trainUntil(broken, stan, { step: -1, order: "stop" });
  const record = readLatentRecord(join(broken, "adapter"));
  expect(record?.windowEnds.at(-1)).toBe(60);
  expect(record).toEqual(readLatentRecord(join(whole, "adapter")));
});

test("a checkpoint is saved once all steps before it are written down, and not where they cannot be", async () => {
  const folder = temporaryFolder();
  const flush = () => Promise.reject(new Error("no database"));
  await expect(trainUntil(folder, stan, { step: 3, order: "handBack" }, { flush })).rejects.toThrow("no database");
  expect(readSession(join(folder, "checkpoint"))).toBeNull();
});

test("a LoRA run has no record", async () => {
  const folder = temporaryFolder();
  await trainUntil(folder, { method: "lora", rank: 3, alpha: 3, targets }, { step: 2, order: "stop" });
  expect(existsSync(join(folder, "adapter", "adapter_model.safetensors"))).toBe(true);
  expect(readLatentRecord(join(folder, "adapter"))).toBeUndefined();
});

test("a DoRA run with dropout and per-module ranks ends with exactly the adapter of one that was not handed over", async () => {
  const dora = { method: "lora" as const, rank: 3, alpha: 3, useDora: true, dropout: 0.3, rankPattern: { "layers.1.self_attn.q_proj": 2 } };
  const adapter = { ...dora, targets: { modules: ["q_proj", "v_proj"], layers: [1] } };
  const [whole, broken] = [temporaryFolder(), temporaryFolder()];
  await trainUntil(whole, adapter, { step: 23, order: "stop" });
  await trainUntil(broken, adapter, { step: 11, order: "handBack" });
  await trainUntil(broken, adapter, { step: 23, order: "stop" });
  const [expected, got] = [whole, broken].map((folder) => readAdapter(join(folder, "adapter")));
  expect(got).toEqual(expected);
  expect(got?.config).toMatchObject({ use_dora: true, lora_dropout: 0.3, rank_pattern: { "layers.1.self_attn.q_proj": 2 } });
  for (const [module, tensors] of got?.tensors ?? []) {
    expect(Object.keys(tensors).sort()).toEqual(["A", "B", "magnitude"]);
    expect("A" in tensors && tensors.A.shape[0]).toBe(module.endsWith("q_proj") ? 2 : 3);
    expect("B" in tensors && tensors.B.data.some((value) => value !== 0)).toBe(true);
  }
});

test("a VeRA run with dropout ends with exactly the adapter of one that was not handed over, its shared matrices with it", async () => {
  const adapter = { method: "vera" as const, rank: 5, dropout: 0.3, projectionKey: 3, targets: { modules: ["q_proj", "v_proj"] } };
  const [whole, broken] = [temporaryFolder(), temporaryFolder()];
  await trainUntil(whole, adapter, { step: 23, order: "stop" });
  await trainUntil(broken, adapter, { step: 11, order: "handBack" });
  await trainUntil(broken, adapter, { step: 23, order: "stop" });
  const [expected, got] = [whole, broken].map((folder) => readAdapter(join(folder, "adapter")));
  expect(got).toEqual(expected);
  expect(got?.config).toMatchObject({ vera_dropout: 0.3, projection_prng_key: 3, save_projection: true });
  for (const tensors of got?.tensors.values() ?? []) {
    expect(Object.keys(tensors).sort()).toEqual(["A", "B", "lambdaB", "lambdaD"]);
    expect("lambdaB" in tensors && tensors.lambdaB.data.some((value) => value !== 0)).toBe(true);
  }
});

test("measures what a run itself takes, whatever the worker did before and beside", async () => {
  await startEngine();
  const folder = temporaryFolder();
  writeFileSync(
    join(folder, "texts.jsonl"),
    Array.from({ length: 9 }, (_, row) => JSON.stringify({ text: `Line ${row} says so.` })).join("\n"),
  );
  const runtime = createRuntime(() => performance.now());
  const base = await runtime.textBase("demo/model", "exact", "background");
  const train = async (place: string, beside: () => Promise<void>) => {
    const costs: RunCost[] = [];
    await runTraining({
      config: runConfig.parse({
        model: "demo/model",
        data: { kind: "dataSet", path: join(folder, "texts.jsonl"), mapping: { kind: "text", text: "text" }, validationRows: 2 },
        adapter: stan,
        training: { steps: 4, batchRows: 2, maxTokens: 24, learningRate: 2e-3, evaluateEvery: 0 },
      } satisfies RunConfigInput),
      base: base.value,
      about: { baseModel: "small", revision: null },
      adapterFolder: join(folder, place),
      checkpointFolder: join(folder, `${place}-checkpoint`),
      isResumed: false,
      turns: runtime.turns,
      recorder: { ...quiet, step: beside, cost: async (cost) => void costs.push(cost) },
      order: () => "continue",
      signal: new AbortController().signal,
    });
    return costs.at(-1) ?? expect.fail("no cost");
  };
  const alone = await train("alone", async () => {});
  expect(alone.besideShare).toBeCloseTo(0, 9);
  expect(alone.peakMemoryBytes).toBeGreaterThan(base.value.model.weightBytes);
  // Others hold much more, and use the device in between.
  const others = zeros([50_000_000]);
  const shared = await train("shared", () =>
    runtime.turns.take("interactive", () => {
      free(base.value.model.forward({ ids: new Int32Array(400).fill(5), rows: 1, tokens: 400 }));
    }),
  );
  free(others);
  expect(shared.peakMemoryBytes).toBe(alone.peakMemoryBytes);
  expect(shared.besideShare).toBeGreaterThan(0);
  base.release();
});
