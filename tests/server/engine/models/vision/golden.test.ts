import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AdapterTensors } from "@/lib/contract/methods/methods";
import { Adapter } from "@/server/engine/adapters/adapter";
import { planModules } from "@/server/engine/adapters/plan-modules";
import { TrainedHead } from "@/server/engine/adapters/trained-head";
import { type ClassificationModel, createClassificationModel } from "@/server/engine/models/encoders/classification-model";
import type { ImageBatch } from "@/server/engine/models/encoders/encoder-batch";
import { imageBatch } from "@/server/engine/models/vision/image-batch";
import type { VisionEncoder } from "@/server/engine/models/vision/load-vision";
import { classAnswers } from "@/server/engine/tasks/classification/class-answers";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { free, liveTensors, tidy } from "@/server/engine/tensor/scope";
import { readAdapter } from "@/server/files/adapters/adapter-folder";
import { openSafetensors, type SafetensorsFile } from "@/server/files/weights/safetensors";
import { largest, largestDifference, loraSettings } from "@/tests/server/engine/tiny";
import { loadVisionFolder } from "@/tests/server/engine/tiny-vision";

const CASES = ["vit-grey", "vit-silu", "dinov2-gated", "dinov2-registers", "clip", "siglip"] as const;

const ENGINES = [
  ["TensorFlow with own kernels", { prefer: "tensorflow", kernels: "own" }],
  ["TensorFlow without own kernels", { prefer: "tensorflow", kernels: "twin" }],
  ["WebAssembly", { prefer: "wasm" }],
] as const;

describe.each(ENGINES)("vision encoders of unusual sizes as transformers and PEFT compute them, on %s", (_, engine) => {
  describe.each(CASES)("%s", (name) => {
    const folder = `tests/golden/vision/${name}`;
    let encoder: VisionEncoder;
    let model: ClassificationModel;
    let values: SafetensorsFile;

    beforeAll(async () => {
      await startEngine(engine);
      encoder = loadVisionFolder(folder);
      model = createClassificationModel(encoder, encoder.config.numLabels);
      values = openSafetensors(`${folder}/expected.safetensors`);
    });
    afterAll(() => {
      encoder.free();
      values.close();
      expect(liveTensors()).toBe(0);
    });

    function images(of: string, interpolates = false): ImageBatch {
      const [, channels = 0, height = 0, width = 0] = values.shape(of);
      return imageBatch({ pixels: values.read(of), channels, height, width, interpolates }, encoder.config);
    }

    it("gives every hidden state and the scores", () => {
      const { final, hiddenStates } = encoder.forward(images("pixel_values"), { hiddenStates: "all" });
      hiddenStates.forEach((state, i) => {
        const wanted = values.read(`hidden.${i}`);
        expect(largestDifference(readFloats(state), wanted), `hidden.${i}`).toBeLessThan(2e-6 * Math.max(1, largest(wanted)));
      });
      free(final, hiddenStates);
      const { head } = TrainedHead.start(model, 1);
      const scores = tidy(() => readFloats(model.scores(images("pixel_values"), undefined, head.read())));
      expect(largestDifference(scores, values.read("logits"))).toBeLessThan(1e-5);
      head.free();
    });

    it("reads images of another size with interpolated positions, or refuses them", () => {
      if (!values.names().includes("other.logits")) {
        const [, channels = 0, height = 0, width = 0] = values.shape("pixel_values");
        const wider = { pixels: new Float32Array(channels * height * (width + 8)), channels, height, width: width + 8 };
        expect(() => imageBatch(wider, encoder.config)).toThrow(`an image is of ${height}×${width + 8} pixels; the model reads`);
        return;
      }
      const { head } = TrainedHead.start(model, 1);
      const scores = tidy(() => readFloats(model.scores(images("other.pixel_values", true), undefined, head.read())));
      expect(largestDifference(scores, values.read("other.logits"))).toBeLessThan(1e-5);
      head.free();
    });

    it("reads PEFT's LoRA adapter with its head: loss, scores and gradients", () => {
      const { targets } = JSON.parse(readFileSync(`${folder}/expected.json`, "utf8")) as { targets: string[] };
      const projections = new Map(encoder.projections.map(({ module, dIn, dOut }) => [module, { dIn, dOut }]));
      const { tensors, savedTensors } = readAdapter(`${folder}/lora`, projections);
      const settings = loraSettings(targets, { rank: 3, alpha: 6 });
      const adapter = new Adapter(planModules(encoder.projections, settings), tensors as Map<string, AdapterTensors>);
      const head = new TrainedHead(model, savedTensors);
      const answers = classAnswers(Int32Array.from(values.readInts("labels"), Number));
      const batch = { ...images("pixel_values"), answers };
      const { lossSum, scores, gradients } = model.lossAndGradients(batch, adapter.trainingHooks(), head.read(), 1 / 3);
      expect(Math.abs(lossSum / 3 - (values.read("lora.loss")[0] ?? Number.NaN))).toBeLessThan(1e-5);
      expect(largestDifference(scores, values.read("lora.logits"))).toBeLessThan(1e-5);
      const stored = values.names().filter((one) => one.startsWith("lora.grad."));
      expect(gradients.size).toBe(stored.length);
      for (const one of stored) {
        const wanted = values.read(one);
        const own = gradients.get(keyOf(one));
        if (own === undefined) throw new Error(`there is no gradient ${keyOf(one)}`);
        expect(largestDifference(readFloats(own), wanted), one).toBeLessThan(5e-6 * Math.max(1, largest(wanted)));
      }
      free([...gradients.values()]);
      adapter.free();
      head.free();
    });
  });
});

/** `lora.grad.base_model.model.vit.layers.0.attention.q_proj.lora_A.default.weight` → `vit.layers.0.attention.q_proj.A` */
function keyOf(stored: string): string {
  return stored
    .replace("lora.grad.base_model.model.", "")
    .replace(/\.lora_([AB])\.default\.weight$/, ".$1")
    .replace("modules_to_save.default.", "");
}
