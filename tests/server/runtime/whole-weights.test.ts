import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { type GenerateEvent, generateRequest } from "@/lib/contract/generate";
import type { EvaluationMetrics } from "@/lib/contract/run";
import { runConfig } from "@/lib/contract/run-config";
import { startEngine } from "@/server/engine/tensor/backend";
import { liveTensors } from "@/server/engine/tensor/scope";
import { generateEvents } from "@/server/runtime/generate-events";
import { demandAdapter } from "@/server/runtime/models/loaded-top";
import { Runtime } from "@/server/runtime/runtime";
import type { TrainingRecorder } from "@/server/runtime/training/training-events";
import { runTraining } from "@/server/runtime/training/training-session";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const now = () => performance.now();
const ignore = async () => {};
const signal = new AbortController().signal;

beforeAll(async () => {
  await startEngine();
});

test("whole weights are trained, generated with beside the base model as it is, and freed", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "texts.jsonl");
  writeFileSync(path, Array.from({ length: 20 }, (_, row) => JSON.stringify({ text: `Line ${row} says ${row * 13} again.` })).join("\n"));
  const config = runConfig.parse({
    model: "demo/model",
    data: { kind: "dataSet", path, mapping: { kind: "text", text: "text" }, validationRows: 4 },
    adapter: { method: "full", targets: { modules: ["v_proj", "down_proj"], layers: [1, 4] } },
    training: { steps: 6, batchRows: 3, maxTokens: 24, learningRate: 1e-3, evaluateEvery: 3 },
  });
  const runtime = new Runtime({ now, memoryBytes: 0 });
  const base = await runtime.textBase(config.model, "exact", "background");
  const evaluations: EvaluationMetrics[] = [];
  const recorder: TrainingRecorder = {
    begin: ignore,
    step: ignore,
    evaluation: async (metrics) => void evaluations.push(metrics),
    checkpoint: ignore,
    health: ignore,
    cost: ignore,
    log: ignore,
    flush: ignore,
  };
  const adapterFolder = join(folder, "trained");
  const generated = async (arms: string[], more: object = {}) => {
    const request = generateRequest.parse({ prompt: "Line 3 says", arms, sampling: { temperature: 0, maxTokens: 5 }, ...more });
    const events: GenerateEvent[] = [];
    const about = { runtime, modelPath: config.model, precision: "exact" as const, adapterFolder };
    for await (const event of generateEvents({ ...about, request, signal, now })) events.push(event);
    return events;
  };
  const idsOf = (events: readonly GenerateEvent[], arm: string) =>
    events.flatMap((event) => (event.kind === "token" && event.arm === arm ? [event.token.id] : []));
  const untouched = idsOf(await generated(["base"]), "base");
  const settled = liveTensors();
  const outcome = await runTraining({
    config,
    base: base.value,
    about: { baseModel: "demo", revision: null },
    adapterFolder,
    checkpointFolder: join(folder, "checkpoint"),
    isResumed: false,
    turns: runtime.turns,
    recorder,
    order: () => "continue",
    signal,
  });
  expect(outcome).toEqual({ status: "finished", step: 6 });
  const [first, , last] = evaluations;
  expect(first?.difference).toBeCloseTo(0, 6);
  expect(last?.loss).toBeLessThan(0.8 * (first?.loss ?? 0));
  expect(last?.baseLoss).toBe(first?.baseLoss);

  const both = await generated(["base", "adapter"]);
  expect(idsOf(both, "base")).toEqual(untouched);
  expect(idsOf(both, "adapter")).toHaveLength(5);
  expect(idsOf(both, "adapter")).not.toEqual(untouched);
  expect(idsOf(await generated(["adapter"]), "adapter")).toEqual(idsOf(both, "adapter"));
  const edits = [{ operation: "scale", value: 2, latent: { module: "model.layers.1.self_attn.v_proj", index: 0 } }];
  expect((await generated(["edited"], { edits })).at(-1)).toMatchObject({ kind: "error", code: "invalid" });
  const top = await runtime.top(adapterFolder, base.value, "background");
  expect(() => demandAdapter(top.value, adapterFolder)).toThrow(/contains full weights, which have no latents/);
  top.release();
  expect(liveTensors()).toBe(settled);
  base.release();
});
