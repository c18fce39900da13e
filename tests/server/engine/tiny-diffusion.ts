import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type DiffusionSchedule, parseNoiseSchedule } from "@/lib/contract/architectures/diffusion/noise-schedule";
import type { Matrix } from "@/lib/contract/methods/tensors";
import { Adapter } from "@/server/engine/adapters/adapter";
import { planModules } from "@/server/engine/adapters/plan-modules";
import type { AdapterTensors } from "@/server/engine/methods/adapter-module";
import type { DiffusionModel } from "@/server/engine/models/diffusion/diffusion-model";
import { loadDiffusionModel } from "@/server/engine/models/diffusion/load-diffusion";
import { type NoisyBatch, noisyBatch } from "@/server/engine/models/diffusion/noisy-batch";
import type { FrozenDtype } from "@/server/engine/models/weights";
import type { CleanRow } from "@/server/engine/tasks/denoising/denoising-objective";
import type { DrawnNoise } from "@/server/engine/tasks/denoising/draw-noise";
import { openDiffusion } from "@/server/files/weights/diffusion-folder";
import { openSafetensors, type SafetensorsFile } from "@/server/files/weights/safetensors";
import { fixtureName, loraSettings, type Method, stanSettings, type TinyExpected } from "./tiny";

/** The diffusion transformer of fixtures/tiny with its expected values. */
export type TinyDiffusion = {
  readonly model: DiffusionModel;
  readonly values: SafetensorsFile;
  readonly expected: TinyExpected & { readonly modules: readonly string[]; readonly edge: DiffusionEdge };
};

type Trace = { readonly scheduler: string; readonly steps: number; readonly guidance: number; readonly config: Record<string, unknown> };

type DiffusionEdge = {
  readonly flow: { readonly loss: number };
  readonly sample: Record<"ddim" | "guided" | "clipped" | "flow", Trace> & {
    readonly steered: { readonly module: string; readonly latent: number; readonly value: number };
  };
};

export function openTinyDiffusion(fixtures: string): TinyDiffusion {
  const folder = join(fixtures, "tiny", "dit");
  const expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as TinyDiffusion["expected"];
  return { model: loadDiffusionFolder(folder), values: openSafetensors(join(folder, "expected.safetensors")), expected };
}

export function loadDiffusionFolder(folder: string, dtype: FrozenDtype = "float32"): DiffusionModel {
  const { config, weights } = openDiffusion(folder);
  try {
    return loadDiffusionModel(config, weights, dtype);
  } finally {
    weights.close();
  }
}

/** Values of one batch of a file, of `place` where there is a first axis of batches. */
export function valuesOf(values: SafetensorsFile, name: string, place?: number): Float32Array {
  const all = values.dtype(name) === "I32" ? Float32Array.from(values.readInts(name), Number) : values.read(name);
  if (place === undefined) return all;
  const size = all.length / (values.shape(name)[0] ?? 1);
  return all.slice(place * size, (place + 1) * size);
}

export function toldBatch(
  { config }: DiffusionModel,
  given: { readonly pixels: Float32Array; readonly timesteps: Float32Array; readonly classes: ArrayLike<number> },
): NoisyBatch {
  const { channels, imageSize } = config;
  const { pixels, timesteps, classes } = given;
  return noisyBatch({ pixels, channels, ...imageSize }, { timesteps, classes: Int32Array.from(classes) }, config);
}

/** The adapter that the fixture's training started from, or that of its edge cases. */
export function tinyDiffusionAdapter({ model, values, expected }: TinyDiffusion, method: Method, group = `${method}.init`): Adapter {
  const settings = method === "stan" ? stanSettings(expected.targets) : loraSettings(expected.targets);
  const modules = planModules(model.projections, settings);
  const matrix = (name: string): Matrix => ({ shape: values.shape(name) as [number, number], data: values.read(name) });
  const tensors = modules.map(({ module }): [string, AdapterTensors] => {
    const parts = method === "stan" ? ["E", "D"] : ["A", "B"];
    const held = parts.map((part) => [part, matrix(fixtureName(method, group, module, part))]);
    return [module, Object.fromEntries(held) as AdapterTensors];
  });
  return new Adapter(modules, new Map(tensors));
}

/** The schedule of the fixture's training. */
export const tinySchedule = parseNoiseSchedule({ _class_name: "DDIMScheduler", clip_sample: false }) as DiffusionSchedule;

/** The images of the fixture's two batches, one by one. */
export function tinyCleanRows({ model, values }: TinyDiffusion): CleanRow[] {
  const { channels, imageSize } = model.config;
  const [clean, labels] = [values.read("train.clean"), values.readInts("train.class_labels")];
  const size = clean.length / labels.length;
  return Array.from(labels, (label, row) => ({
    image: { pixels: clean.subarray(row * size, (row + 1) * size), channels, ...imageSize },
    label: Number(label),
  }));
}

/** The fixture's noise and time step of a row, in place of random ones. */
export function tinyNoise({ values }: TinyDiffusion): (at: { readonly row: number }, size: number) => DrawnNoise {
  const [noise, timesteps] = [values.read("train.noise"), values.readInts("train.timesteps")];
  return ({ row }, size) => ({
    timestep: Number(timesteps[row]),
    noise: noise.subarray(row * size, (row + 1) * size),
    withholdsClass: false,
  });
}
