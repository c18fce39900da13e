import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { RunConfigInput } from "@/lib/contract/run-config";
import { Random } from "@/lib/numbers/random";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { noisyBatch } from "@/server/engine/models/diffusion/noisy-batch";
import { startEngine } from "@/server/engine/tensor/backend";
import { wholly } from "@/server/engine/tensor/in-parts";
import { openSafetensors, writeSafetensors } from "@/server/files/weights/safetensors";
import { demandDiffusion } from "@/server/runtime/models/load-base-model";
import { loadModel } from "@/server/runtime/models/loaded-model";
import { freeTop } from "@/server/runtime/models/loaded-top";
import { largestDifference } from "@/tests/server/engine/tiny";
import { references } from "@/tests/support/fixtures";
import { Peft, peftPython } from "@/tests/support/peft";
import { stanscopeSucceeds } from "@/tests/support/stanscope";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { layTinyDit } from "@/tests/support/tiny-denoising-training";
import { layRedAndBlue } from "@/tests/support/tiny-images";

const adapters: readonly [string, RunConfigInput["adapter"]][] = [
  ["STAN", { method: "stan", numLatents: 24, k: 4, targets: { modules: ["to_q", "to_v"], layers: null } }],
  ["LoRA", { method: "lora", rank: 3, alpha: 5, targets: { modules: ["to_k", "to_out.0", "ff.net.0.proj", "ff.net.2"], layers: [1] } }],
];

const timesteps = Int32Array.of(0, 21, 59);
const labels = Int32Array.of(3, 0, 4);

/** What the model makes of the same noise here. */
function predictedHere(path: string, folder: string, pixels: Float32Array): Float32Array {
  const { base, ...top } = loadModel({ path, precision: "exact", folder });
  const { model } = demandDiffusion(base);
  const images = { pixels, channels: 3, height: 8, width: 8 };
  const batch = noisyBatch(images, { timesteps: Float32Array.from(timesteps), classes: labels }, model.config);
  const predicted = wholly(model.inParts.predict(batch, top.trained && adapterHooks(top.trained)));
  freeTop(top);
  model.free();
  return predicted;
}

describe.runIf(peftPython)("an adapter that was trained over a diffusion model, in Python's PEFT", references, () => {
  beforeAll(() => startEngine());

  it.each(adapters)("predicts the same: %s", async (_, adapter) => {
    if (spawnSync(peftPython ?? "", ["-c", "import diffusers"]).status !== 0) return;
    const folder = temporaryFolder();
    const at = (name: string) => join(folder, name);
    layTinyDit(at("model"));
    await layRedAndBlue(at("data"));
    const config: RunConfigInput = {
      model: at("model"),
      task: { kind: "denoising" },
      data: { kind: "dataSet", path: at("data"), mapping: { kind: "labelledImage", image: "image", label: "label" }, validationRows: 0 },
      adapter,
      training: { steps: 8, batchRows: 4, learningRate: 0.02 },
    };
    writeFileSync(at("config.json"), JSON.stringify(config));
    await stanscopeSucceeds("train", "--config", at("config.json"), "--output", at("run"));
    const random = new Random(7);
    const pixels = Float32Array.from({ length: 3 * 3 * 8 * 8 }, () => random.nextNormal());
    writeSafetensors(at("rows.safetensors"), {
      pixel_values: { shape: [3, 3, 8, 8], data: pixels },
      timesteps: { shape: [3], data: timesteps },
      labels: { shape: [3], data: labels },
    });
    const peft = new Peft(peftPython ?? "");
    onTestFinished(() => peft.close());
    await peft.do({
      verb: "denoise",
      ...{ base: at("model/transformer"), adapter: at("run"), rows: at("rows.safetensors"), output: at("there.safetensors") },
    });
    const file = openSafetensors(at("there.safetensors"));
    // The variance follows, which is not computed here.
    const there = file.read("sample");
    const size = there.length / 3;
    const own = Float32Array.from([0, 1, 2].flatMap((row) => [...there.subarray(row * size, row * size + 192)]));
    file.close();
    const here = predictedHere(at("model"), at("run"), pixels);
    expect(largestDifference(here, own)).toBeLessThan(2e-5);
    expect(
      largestDifference(
        here,
        predictedHere(
          at("model"),
          at("run"),
          pixels.map((value) => -value),
        ),
      ),
    ).toBeGreaterThan(0.01);
  });
});
