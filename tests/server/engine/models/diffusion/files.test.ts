import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { parseDiffusionConfig } from "@/lib/contract/architectures/diffusion/diffusion-architectures";
import { parseNoiseSchedule } from "@/lib/contract/architectures/diffusion/noise-schedule";
import { loadDiffusionModel } from "@/server/engine/models/diffusion/load-diffusion";
import { samplerSteps } from "@/server/engine/sampling/sampler-steps";
import { startEngine } from "@/server/engine/tensor/backend";
import { liveTensors } from "@/server/engine/tensor/scope";
import { openDiffusion } from "@/server/files/weights/diffusion-folder";
import { loadDiffusionFolder, toldBatch } from "@/tests/server/engine/tiny-diffusion";
import { renamedWeights } from "@/tests/server/engine/toy-encoder";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const GOLDEN = "tests/golden/diffusion/dit-exact";

const config = JSON.parse(readFileSync(`${GOLDEN}/transformer/config.json`, "utf8")) as Record<string, unknown>;

beforeAll(async () => {
  await startEngine();
});
afterEach(() => {
  expect(liveTensors()).toBe(0);
});

describe("a diffusion model's folder", () => {
  it("is a pipeline's, with the schedule beside the transformer, or the transformer's own", () => {
    const folder = temporaryFolder();
    cpSync(`${GOLDEN}/transformer`, join(folder, "transformer"), { recursive: true });
    cpSync(`${GOLDEN}/schedule-1`, join(folder, "scheduler"), { recursive: true });
    const pipeline = openDiffusion(folder);
    const alone = openDiffusion(join(folder, "transformer"));
    expect(parseNoiseSchedule(pipeline.scheduler ?? {})).toEqual({ kind: "flow", numTimesteps: 60, shift: 3 });
    expect(alone.scheduler).toBeUndefined();
    expect(alone.config).toEqual(pipeline.config);
    expect(alone.bytes).toBe(pipeline.bytes);
    pipeline.weights.close();
    alone.weights.close();
  });

  it("is refused without weights or a class, by file and key", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "config.json"), JSON.stringify(config));
    expect(() => openDiffusion(folder)).toThrow("contains neither diffusion_pytorch_model.safetensors nor");
    writeFileSync(join(folder, "config.json"), "{}");
    expect(() => openDiffusion(folder)).toThrow('is missing the key "_class_name"');
  });

  it("is refused when a tensor is missing or of no use, never read in part", () => {
    const { weights } = openDiffusion(`${GOLDEN}/transformer`);
    const without = renamedWeights(weights, (name) => (name === "transformer_blocks.1.attn1.to_k.weight" ? null : name));
    expect(() => loadDiffusionModel(config, without)).toThrow("missing: transformer_blocks.1.attn1.to_k.weight");
    const other = renamedWeights(weights, (name) => (name === "proj_out_1.bias" ? "proj_out_3.bias" : name));
    expect(() => loadDiffusionModel(config, other)).toThrow("missing: proj_out_1.bias; not of this architecture: proj_out_3.bias");
    weights.close();
  });

  it.each([
    [{ _class_name: "SD3Transformer2DModel" }, '_class_name "SD3Transformer2DModel" is not a supported diffusion model'],
    [{ activation_fn: "geglu" }, 'activation_fn "geglu" is not supported'],
    [{ norm_type: "ada_norm_single" }, 'norm_type "ada_norm_single" is not supported'],
    [{ norm_elementwise_affine: true }, "norm_elementwise_affine true is not supported"],
    [{ out_channels: 3 }, "out_channels 3 is not supported; supported are in_channels (2) and twice as many"],
    [{ sample_size: 10 }, "sample_size 10 is not a multiple of patch_size 3"],
    [{ sample_size: 900_000 }, "sample_size 900000 makes 90000000000 patches, and at most 65536 are supported"],
    [{ attention_head_dim: 7 }, "num_attention_heads × attention_head_dim is 21"],
    [{ caption_channels: 8 }, "caption_channels 8 is not supported in a diffusion transformer"],
    [{ rotary: true }, "rotary true is not supported in a diffusion transformer"],
  ])("is refused for %o, by the key", (change, message) => {
    expect(() => parseDiffusionConfig({ ...config, ...change })).toThrow(message);
  });

  it("of an older class may name what the class does not use", () => {
    const older = { ...config, _class_name: "Transformer2DModel", cross_attention_dim: null, only_cross_attention: false, out_channels: 4 };
    expect(parseDiffusionConfig(older)).toMatchObject({ channels: 2, storedChannels: 4, numClasses: 3 });
  });
});

describe("a noise schedule", () => {
  const ddim = { _class_name: "DDIMScheduler" };

  it.each([
    [{ _class_name: "DDPMScheduler" }, '_class_name "DDPMScheduler" is not supported'],
    [{ ...ddim, prediction_type: "sample" }, 'prediction_type "sample" is not supported'],
    [{ ...ddim, thresholding: true }, "thresholding true is not supported"],
    [{ ...ddim, trained_betas: [0.1] }, "trained_betas [0.1] is not supported"],
    [{ ...ddim, num_train_timesteps: 1e12 }, "num_train_timesteps is 1000000000000, and at most 100000 are supported"],
    [{ ...ddim, beta_end: 1 }, "beta_start and beta_end must be below 1"],
    [{ _class_name: "FlowMatchEulerDiscreteScheduler", use_karras_sigmas: true }, "use_karras_sigmas true is not supported"],
  ])("is refused for %o, by the key", (raw, message) => {
    expect(() => parseNoiseSchedule(raw)).toThrow(message);
  });

  it("takes no more steps than it has, and none beyond its last", () => {
    expect(() => samplerSteps(parseNoiseSchedule(ddim), 1001)).toThrow("a sampler takes 1…1000 steps, and 1001 are asked for");
    const late = parseNoiseSchedule({ ...ddim, num_train_timesteps: 4, steps_offset: 1 });
    expect(() => samplerSteps(late, 4)).toThrow("steps_offset leads to time step 4 of 4; take fewer steps");
  });
});

describe("a batch of noisy images", () => {
  it("is refused when it does not fit the model", () => {
    const model = loadDiffusionFolder(`${GOLDEN}/transformer`);
    const pixels = new Float32Array(2 * 81);
    const timesteps = Float32Array.of(5);
    expect(() => toldBatch(model, { pixels, timesteps, classes: [4] })).toThrow('class 4 is not in 0…2; 3 is "no class"');
    expect(() => toldBatch(model, { pixels, timesteps: Float32Array.of(-1), classes: [0] })).toThrow(
      "a time step is from 0 on, and one is -1",
    );
    expect(() => toldBatch(model, { pixels, timesteps, classes: [0, 1] })).toThrow("162 pixel values are not 2 images of 2×9×9");
    model.free();
  });
});
