import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type NoiseSchedule, parseNoiseSchedule } from "@/lib/contract/architectures/diffusion/noise-schedule";
import type { Edit } from "@/lib/contract/edit";
import { adapterHooks } from "@/server/engine/adapters/arms";
import type { TargetedBatch } from "@/server/engine/models/diffusion/diffusion-model";
import { alphasCumprod, noising } from "@/server/engine/models/diffusion/noising";
import type { NoisyBatch } from "@/server/engine/models/diffusion/noisy-batch";
import { joinRows, transposed } from "@/server/engine/models/weights";
import { sampleImages } from "@/server/engine/sampling/sample-images";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { wholly } from "@/server/engine/tensor/in-parts";
import { free, liveTensors } from "@/server/engine/tensor/scope";
import { largest, largestDifference } from "@/tests/server/engine/tiny";
import {
  openTinyDiffusion,
  type TinyDiffusion,
  tinyDiffusionAdapter,
  tinySchedule,
  toldBatch,
  valuesOf,
} from "@/tests/server/engine/tiny-diffusion";
import { fixturesFolder, references } from "@/tests/support/fixtures";

const ENGINES = [
  ["TensorFlow with own kernels", { prefer: "tensorflow", kernels: "own" }],
  ["TensorFlow without own kernels", { prefer: "tensorflow", kernels: "twin" }],
  ["WebAssembly", { prefer: "wasm" }],
] as const;

describe.runIf(fixturesFolder).each(ENGINES)("a diffusion transformer as diffusers computes it, on %s", references, (_, engine) => {
  let tiny: TinyDiffusion;

  beforeAll(async () => {
    await startEngine(engine);
    tiny = openTinyDiffusion(fixturesFolder ?? "");
  });
  afterAll(() => {
    tiny.model.free();
    tiny.values.close();
    expect(liveTensors()).toBe(0);
  });

  function firstBatch(): NoisyBatch {
    const { values, model } = tiny;
    const told = { timesteps: valuesOf(values, "train.timesteps", 0), classes: valuesOf(values, "train.class_labels", 0) };
    return toldBatch(model, { pixels: values.read("base.noisy"), ...told });
  }

  it("gives every hidden state and the prediction", () => {
    const { model, values } = tiny;
    const { final, hiddenStates } = wholly(model.inParts.forward(firstBatch(), { hiddenStates: "all" }));
    expect(hiddenStates.length).toBe(3);
    hiddenStates.forEach((state, i) => {
      expect(largestDifference(readFloats(state), values.read(`base.hidden.${i}`)), `hidden.${i}`).toBeLessThan(2e-5);
    });
    free(final, hiddenStates);
    expect(largestDifference(wholly(model.inParts.predict(firstBatch())), values.read("base.sample"))).toBeLessThan(2e-5);
  });

  it.each(["stan", "lora"] as const)("gives the prediction with a %s adapter, in the form that trains and the form that runs", (method) => {
    const { model, values } = tiny;
    const adapter = tinyDiffusionAdapter(tiny, method);
    for (const hooks of [adapter.trainingHooks(), adapterHooks(adapter)]) {
      const got = wholly(model.inParts.predict(firstBatch(), hooks));
      expect(largestDifference(got, values.read(`${method}.sample`))).toBeLessThan(2e-5);
    }
    adapter.free();
  });

  const ofFirst = (name: string) => valuesOf(tiny.values, `train.${name}`, 0);

  /** A batch of the first training rows, noised in the way of a schedule. */
  function noisedBatch(schedule: NoiseSchedule): TargetedBatch {
    const [clean, noise, timesteps] = [ofFirst("clean"), ofFirst("noise"), ofFirst("timesteps")];
    const size = clean.length / 4;
    const of = (all: Float32Array, row: number) => all.slice(row * size, (row + 1) * size);
    const rows = Array.from(timesteps, (timestep, row) => noising(schedule)(of(clean, row), of(noise, row), timestep));
    const told = { timesteps: Float32Array.from(rows, ({ timestep }) => timestep), classes: ofFirst("class_labels") };
    const batch = toldBatch(tiny.model, { pixels: joinRows(rows.map(({ pixels }) => pixels)), ...told });
    return { ...batch, targets: joinRows(rows.map(({ target }) => target)) };
  }

  it("adds noise by diffusers' own table", () => {
    expect(alphasCumprod(tinySchedule)).toEqual(tiny.values.read("alphas_cumprod"));
    expect(largestDifference(noisedBatch(tinySchedule).images.pixels, tiny.values.read("base.noisy"))).toBeLessThan(2e-7);
  });

  it("gives the loss of a flow and its gradients", () => {
    const { model, values, expected } = tiny;
    const adapter = tinyDiffusionAdapter(tiny, "stan", "edge.stan");
    const batch = noisedBatch(parseNoiseSchedule({ _class_name: "FlowMatchEulerDiscreteScheduler" }));
    expect(largestDifference(batch.images.pixels, values.read("edge.flow.noisy"))).toBeLessThan(1e-6);
    expect(largestDifference(batch.targets, values.read("edge.flow.target"))).toBeLessThan(1e-6);
    expect(Array.from(batch.timesteps)).toEqual(Array.from(values.read("edge.flow.timesteps")));
    const { lossSum, gradients } = wholly(model.inParts.lossAndGradients(batch, adapter.trainingHooks(), 1 / 4));
    expect(Math.abs(lossSum / 4 - expected.edge.flow.loss)).toBeLessThan(2e-6);
    expect(gradients.size).toBe(2 * expected.modules.length);
    for (const [key, gradient] of gradients) {
      const wanted = values.read(`edge.flow.grad.${key}`);
      const own = key.endsWith(".D") ? transposed(readFloats(gradient), 64, 64) : readFloats(gradient);
      expect(largestDifference(own, wanted), key).toBeLessThan(1e-6);
    }
    free(gradients);
    adapter.free();
  });

  it.each(["ddim", "guided", "clipped", "flow", "steered"] as const)("samples step for step: %s", (name) => {
    const { model, values, expected } = tiny;
    const adapter = tinyDiffusionAdapter(tiny, "stan", "edge.stan");
    const { steered, ...plain } = expected.edge.sample;
    const { scheduler, steps, guidance, config } = plain[name === "steered" ? "ddim" : name];
    const clamp = { operation: "clamp", latent: { module: steered.module, index: steered.latent }, value: steered.value } as const;
    const edits: readonly Edit[] = name === "steered" ? [{ ...clamp, isOn: true, scope: "all" }] : [];
    const of = (tensor: string) => values.read(`edge.sample.${name}.${tensor}`);
    const made = [
      ...sampleImages(model, {
        schedule: parseNoiseSchedule({ ...config, _class_name: scheduler }),
        steps,
        guidance,
        noise: { pixels: of("x.0"), channels: 3, height: 16, width: 16 },
        classes: Int32Array.from(values.readInts("edge.sample.class_labels"), Number),
        arm: { adapter, edits },
      }),
    ].filter((step) => step !== undefined);
    expect(made.length).toBe(steps);
    expect(made.map(({ timestep }) => timestep)).toEqual(Array.from(valuesOf(values, `edge.sample.${name}.timesteps`)));
    made.forEach(({ predicted, x }, step) => {
      // From t = 999 DDIM divides by 0.006, and PyTorch's own float32 and float64 end 7e-4 apart.
      const tolerance = name === "clipped" ? 5e-5 : 2e-5;
      const relative = (got: Float32Array, wanted: Float32Array) => largestDifference(got, wanted) / largest(wanted);
      expect(relative(predicted, of(`model.${step}`)), `model.${step}`).toBeLessThan(tolerance);
      expect(relative(x, of(`x.${step + 1}`)), `x.${step + 1}`).toBeLessThan(tolerance);
    });
    adapter.free();
  });
});
