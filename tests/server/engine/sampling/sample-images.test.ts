import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseNoiseSchedule } from "@/lib/contract/architectures/diffusion/noise-schedule";
import { edit } from "@/lib/contract/edit";
import { Random } from "@/lib/numbers/random";
import { Adapter } from "@/server/engine/adapters/adapter";
import type { Arm } from "@/server/engine/adapters/arms";
import type { DiffusionModel } from "@/server/engine/models/diffusion/diffusion-model";
import { sampleImages } from "@/server/engine/sampling/sample-images";
import { startEngine } from "@/server/engine/tensor/backend";
import { wholly } from "@/server/engine/tensor/in-parts";
import { liveTensors } from "@/server/engine/tensor/scope";
import { stanSettings } from "@/tests/server/engine/tiny";
import { loadDiffusionFolder } from "@/tests/server/engine/tiny-diffusion";

const ENGINES = [
  ["TensorFlow with own kernels", { prefer: "tensorflow", kernels: "own" }],
  ["TensorFlow without own kernels", { prefer: "tensorflow", kernels: "twin" }],
  ["WebAssembly", { prefer: "wasm" }],
] as const;

describe.each(ENGINES)("images side by side from one noise, on %s", (_, engine) => {
  let model: DiffusionModel;
  let adapter: Adapter;
  const schedule = parseNoiseSchedule({ _class_name: "DDIMScheduler", clip_sample: false });
  const random = new Random(9);
  const noise = Float32Array.from({ length: 2 * 192 }, () => random.nextNormal());
  const module = "transformer_blocks.1.attn1.to_v";
  const clamp = edit.parse({ operation: "clamp", latent: { module, index: 3 }, value: 4 });

  beforeAll(async () => {
    await startEngine(engine);
    model = loadDiffusionFolder("tests/golden/diffusion/dit-variance/transformer");
    adapter = Adapter.create(model.projections, stanSettings(["to_v"], { numLatents: 12, k: 3, init: "small" }), 5);
  });
  afterAll(() => {
    adapter.free();
    model.free();
    expect(liveTensors()).toBe(0);
  });

  /** Two images of an arm, always from the same noise. */
  function sample(arm: Arm, guidance = 1): Float32Array {
    const size = { channels: 3, height: 8, width: 8 };
    const request = { schedule, steps: 3, noise: { pixels: noise, ...size }, classes: Int32Array.of(1, 2), arm, guidance };
    const images = wholly(sampleImages(model, request));
    adapter.release();
    return images;
  }

  it.each([1, 4])("with edits off are the adapter's bit for bit, with the adapter off the base model's, at guidance %d", (guidance) => {
    const off = edit.parse({ operation: "adapterOff" });
    const base = sample({}, guidance);
    const adapted = sample({ adapter }, guidance);
    expect(sample({ adapter, edits: [{ ...clamp, isOn: false }] }, guidance)).toEqual(adapted);
    expect(sample({ adapter, edits: [off] }, guidance)).toEqual(base);
    expect(adapted).not.toEqual(base);
    expect(sample({ adapter, edits: [clamp] }, guidance)).not.toEqual(adapted);
  });

  it("with an edit at some patches differ from those with it at all", () => {
    const some = sample({ adapter, edits: [{ ...clamp, scope: { from: 4, to: 7 } }] });
    expect(some).not.toEqual(sample({ adapter }));
    expect(some).not.toEqual(sample({ adapter, edits: [clamp] }));
  });
});
