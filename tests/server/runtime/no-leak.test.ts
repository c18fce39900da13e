import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { generateRequest } from "@/lib/contract/generate";
import { runConfig } from "@/lib/contract/run-config";
import { measureAblations } from "@/server/engine/effects/ablation";
import { attributeLatents } from "@/server/engine/effects/attribution";
import { logitEffects } from "@/server/engine/effects/logit-effect";
import { relatedLatents } from "@/server/engine/effects/related-latents";
import { batchRows } from "@/server/engine/models/row-batches";
import { startEngine } from "@/server/engine/tensor/backend";
import { liveTensors } from "@/server/engine/tensor/scope";
import { readCollectionRows } from "@/server/runtime/collections/collection-data";
import { collectLatents } from "@/server/runtime/collections/collection-session";
import { generateEvents } from "@/server/runtime/generate-events";
import { demandAdapter } from "@/server/runtime/models/loaded-top";
import { readTextEvents } from "@/server/runtime/reading-events";
import { demandTexts } from "@/server/runtime/rows/read-row";
import { Runtime } from "@/server/runtime/runtime";
import { takeTurns } from "@/server/runtime/take-turns";
import type { TrainingRecorder } from "@/server/runtime/training/training-events";
import { runTraining } from "@/server/runtime/training/training-session";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const now = () => performance.now();
const ignore = async () => {};
const signal = new AbortController().signal;

beforeAll(async () => {
  await startEngine();
});

test("training, collecting, measuring, reading and generating leave no tensor behind, and a model goes when memory is needed", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "texts.jsonl");
  const lines = Array.from({ length: 30 }, (_, row) => JSON.stringify({ text: `Line ${row} of the text says ${row * 13} again.` }));
  writeFileSync(path, lines.join("\n"));
  const config = runConfig.parse({
    model: "demo/model",
    data: { kind: "dataSet", path, mapping: { kind: "text", text: "text" }, validationRows: 4 },
    adapter: { method: "stan", numLatents: 23, k: 5, targets: { modules: ["v_proj", "o_proj"] } },
    training: { steps: 7, batchRows: 3, maxTokens: 24, learningRate: 1e-2, evaluateEvery: 3, checkpointEvery: 4 },
  });
  const runtime = new Runtime({ now, memoryBytes: 0 });
  const before = liveTensors();
  const base = await runtime.textBase(config.model, "exact", "background");
  const recorded: string[] = [];
  const recorder: TrainingRecorder = {
    begin: async (step) => void recorded.push(`begin ${step}`),
    step: async ({ step }) => void recorded.push(`step ${step}`),
    evaluation: async ({ step }) => void recorded.push(`evaluation ${step}`),
    checkpoint: async (step) => void recorded.push(`checkpoint ${step}`),
    health: ignore,
    cost: ignore,
    log: ignore,
    flush: ignore,
  };
  const adapterFolder = join(folder, "adapter");
  const train = async () => {
    const about = { baseModel: "demo", revision: null };
    const folders = { adapterFolder, checkpointFolder: join(folder, "checkpoint") };
    const shared = { config, base: base.value, about, ...folders, isResumed: false, turns: runtime.turns, recorder, signal };
    expect(await runTraining({ ...shared, order: () => "continue" })).toEqual({ status: "finished", step: 7 });
  };
  await train();
  expect(recorded.slice(0, 6)).toEqual(["begin 0", "evaluation 0", "step 1", "step 2", "step 3", "evaluation 3"]);
  expect(recorded.slice(-4)).toEqual(["step 6", "evaluation 6", "step 7", "evaluation 7"].concat("checkpoint 7").slice(-4));
  // Constants of the engine are made once and stay.
  const settled = liveTensors();
  await train();
  expect(liveTensors()).toBe(settled);

  const use = async () => {
    const top = await runtime.top(adapterFolder, base.value, "background");
    const adapter = demandAdapter(top.value, adapterFolder);
    const rows = demandTexts(
      await readCollectionRows({ data: config.data, maxTokens: 24, split: "all", tokenBudget: 200 }, base.value, signal),
    );
    await collectLatents({
      base: base.value,
      adapter,
      rows,
      batchRows: 4,
      turns: runtime.turns,
      signal,
      onProgress: ignore,
    });
    const model = base.value.model;
    const turn = { turns: runtime.turns, kind: "background" as const, signal };
    const batches = batchRows(rows, 128).map(({ batch }) => batch);
    await takeTurns(attributeLatents(model, adapter, batches), turn);
    await takeTurns(relatedLatents(adapter), turn);
    for (const { module } of adapter.modules) await takeTurns(logitEffects(model, adapter, module), turn);
    const [{ module: measured = "" } = {}] = adapter.modules;
    const targets = [{ latent: { module: measured, index: 2 }, controls: [4] }];
    const effects: string[] = [];
    await takeTurns(measureAblations(model, adapter, rows, targets), turn, ({ kind }) => void effects.push(kind));
    expect(effects.at(-1)).toBe("measured");
    // A person who cancels in the middle.
    const cancelled = new AbortController();
    const cutOff = takeTurns(measureAblations(model, adapter, rows, targets), { ...turn, signal: cancelled.signal }, ({ kind }) => {
      if (kind === "measuring") cancelled.abort();
    });
    await expect(cutOff).rejects.toThrow("abort");
    const latent = { module: adapter.modules[0]?.module ?? "", index: 3 };
    const request = generateRequest.parse({ prompt: "The", edits: [{ operation: "scale", latent, value: 3 }], sampling: { maxTokens: 5 } });
    const common = { runtime, modelPath: config.model, precision: "exact" as const, adapterFolder, now, signal };
    const read: string[] = [];
    const reading = { text: "The text says", useChatTemplate: false, attribution: true };
    const unasked = { constantAnswer: async () => null, doseControls: async () => [] };
    for await (const event of readTextEvents({ ...unasked, ...common, request: reading })) read.push(event.kind);
    expect(read.at(-1)).toBe("end");
    const kinds: string[] = [];
    for await (const event of generateEvents({ ...common, request })) kinds.push(event.kind);
    expect(kinds).toContain("end");
    // A caller who goes away in the middle.
    for await (const event of generateEvents({ ...common, request })) if (event.kind === "token") break;
    top.release();
  };
  await use();
  const afterUse = liveTensors();
  await use();
  expect(liveTensors()).toBe(afterUse);

  base.release();
  expect(runtime.loaded).toEqual([]);
  expect(liveTensors() - before).toBeLessThan(settled - before);
});
