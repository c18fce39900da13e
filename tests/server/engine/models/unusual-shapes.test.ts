import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adapterHooks } from "@/server/engine/adapters/arms";
import type { CausalModel, LabelledBatch } from "@/server/engine/models/causal-model";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { causalObjective } from "@/server/engine/tasks/language-model/causal-objective";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { liveTensors, tidy } from "@/server/engine/tensor/scope";
import { Trainer } from "@/server/engine/training/trainer";
import { readAdapter, writeAdapter } from "@/server/files/adapters/adapter-folder";
import { openCheckpoint } from "@/server/files/weights/checkpoint-folder";
import { openSafetensors, type SafetensorsFile } from "@/server/files/weights/safetensors";
import { loadAdapter } from "@/server/runtime/models/load-adapter";
import { largestDifference, rowsOf, tinyTraining } from "@/tests/server/engine/tiny";
import { loadCausalModel } from "@/tests/support/load-causal-model";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const golden = "tests/golden/models";

/** Small models of unusual shapes; `make.py` beside them tells which and made the values in float64. */
describe.each(["llama-odd", "mistral-linear-rope", "qwen2-tied", "gpt2-narrow", "olmo3-sliding"])("%s as PyTorch computes it", (name) => {
  let model: CausalModel;
  let values: SafetensorsFile;

  beforeAll(async () => {
    await startEngine();
    const { config, weights } = openCheckpoint(join(golden, name));
    model = loadCausalModel(config, weights);
    weights.close();
    values = openSafetensors(join(golden, name, "expected.safetensors"));
  });
  afterAll(() => {
    model.free();
    values.close();
    expect(liveTensors()).toBe(0);
  });

  function batchOf(step: number): LabelledBatch {
    const [, rows = 0, tokens = 0] = values.shape("input_ids");
    const of = (tensor: string) => values.readInts(tensor).slice(step * rows * tokens, (step + 1) * rows * tokens);
    return { ids: of("input_ids"), attentionMask: of("attention_mask"), labels: of("labels"), rows, tokens };
  }

  /** Of the first batch's real tokens. */
  function logitsDifference(expected: string, hooks?: ProjectionHooks): number {
    const batch = batchOf(0);
    const got = tidy(() => readFloats(model.logits(model.forward(batch, { hooks }).final)));
    const isReal = (_: number, at: number) => batch.attentionMask?.[Math.floor(at / model.config.vocab)] === 1;
    return largestDifference(got.filter(isReal), values.read(expected).filter(isReal));
  }

  it("gives the logits of a padded batch, without and with an adapter on every projection", () => {
    expect(logitsDifference("base.logits")).toBeLessThan(2e-5);
    const adapter = loadAdapter(join(golden, name, "stan"), model);
    expect(logitsDifference("stan.logits", adapterHooks(adapter))).toBeLessThan(2e-5);
    adapter.free();
  });

  it("refuses an adapter that holds a module in full, by name, rather than run without it", () => {
    const folder = join(temporaryFolder(), "adapter");
    const { config, tensors } = readAdapter(join(golden, name, "stan"));
    const savedTensors = new Map([["lm_head.weight", { shape: [1], data: Float32Array.of(1) }]]);
    writeAdapter(folder, { config: { ...config, modules_to_save: ["lm_head"] }, tensors, savedTensors });
    expect(() => loadAdapter(folder, model)).toThrow(/adapter_model.safetensors: holds "lm_head.weight" in full \(modules_to_save\)/);
  });

  it.each([1, 2, 3])("trains as AdamW does in micro-batches of %i rows with unequal numbers of labels", (microBatchRows) => {
    const adapter = loadAdapter(join(golden, name, "stan"), model);
    const losses = values.read("losses");
    const settings = { ...tinyTraining, steps: losses.length, batchRows: 3, microBatchRows, clipNorm: 1 };
    const rows = Array.from(losses, (_, step) => rowsOf(batchOf(step))).flat();
    const trainer = new Trainer(causalObjective(model, adapter, rows), settings);
    const steps = Array.from(losses, () => trainer.takeStep());
    expect(
      largestDifference(
        steps.map(({ loss }) => loss),
        losses,
      ),
    ).toBeLessThan(2e-5);
    const norms = values.read("gradNorms");
    steps.forEach(({ gradNorm }, step) => {
      expect(gradNorm / (norms[step] ?? 0)).toBeCloseTo(1, 4);
    });
    trainer.free();
    adapter.free();
  });
});
