import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Matrix } from "@/lib/contract/methods/tensors";
import { Adapter } from "@/server/engine/adapters/adapter";
import { planModules } from "@/server/engine/adapters/plan-modules";
import type { AdapterTensors } from "@/server/engine/methods/adapter-module";
import type { LoraSettings } from "@/server/engine/methods/lora/lora-module";
import type { StanSettings } from "@/server/engine/methods/stan/stan-module";
import type { VeraSettings } from "@/server/engine/methods/vera/vera-module";
import type { CausalModel, LabelledBatch } from "@/server/engine/models/causal-model";
import type { ModelDtypes } from "@/server/engine/models/create-causal-model";
import { readFloats } from "@/server/engine/tensor/create";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { TrainingRow, TrainingSettings } from "@/server/engine/training/settings";
import { openCheckpoint } from "@/server/files/weights/checkpoint-folder";
import { openSafetensors, type SafetensorsFile } from "@/server/files/weights/safetensors";
import { loadCausalModel } from "@/tests/support/load-causal-model";

export type Method = "stan" | "lora";

/** A model of fixtures/tiny with its expected values. */
export type Tiny = {
  readonly folder: string;
  readonly model: CausalModel;
  readonly values: SafetensorsFile;
  readonly expected: TinyExpected;
  matrix(name: string): Matrix;
};

export type TinyExpected = {
  readonly targets: string[] | string;
  readonly stan: { readonly M: number; readonly k: number; readonly losses: number[]; readonly grad_norms: number[] };
  readonly lora: { readonly losses: number[]; readonly grad_norms: number[] };
  readonly float64: { readonly stan_max_abs_drift: { grad: number }; readonly lora_max_abs_drift: { grad: number } };
  readonly edge: {
    readonly accumulation: { readonly batch_loss: number; readonly max_abs_gradient_difference: number };
    readonly padding: { readonly lengths: readonly number[] };
  };
};

export function openTiny(fixtures: string, architecture: string, dtypes: Partial<ModelDtypes> = {}): Tiny {
  const folder = join(fixtures, "tiny", architecture);
  const { config, weights } = openCheckpoint(folder);
  const values = openSafetensors(join(folder, "expected.safetensors"));
  const expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as TinyExpected;
  const model = loadCausalModel(config, weights, dtypes);
  weights.close();
  const matrix = (name: string): Matrix => ({ shape: values.shape(name) as [number, number], data: values.read(name) });
  return { folder, model, values, expected, matrix };
}

export function stanSettings(targets: readonly string[] | string, more: Partial<StanSettings> = {}): StanSettings {
  return {
    method: "stan",
    numLatents: 64,
    k: 4,
    alpha: 1,
    selection: "signed",
    init: "zero",
    targets: { modules: targets, layers: null },
    ...more,
  };
}

export function loraSettings(targets: readonly string[] | string, more: Partial<LoraSettings> = {}): LoraSettings {
  return { method: "lora", rank: 4, alpha: 8, targets: { modules: targets, layers: null }, ...more };
}

export function veraSettings(targets: readonly string[], more: Partial<VeraSettings> = {}): VeraSettings {
  return { method: "vera", rank: 4, dInitial: 0.1, projectionKey: 0, targets: { modules: targets, layers: null }, ...more };
}

/** The fixture's name of an adapter's matrix: `stan.init.<module>.E`, `lora.grad.base_model.model.<module>.lora_A.default.weight`. */
export function fixtureName(method: Method, group: string, module: string, part: string): string {
  return method === "stan" ? `${group}.${module}.${part}` : `${group}.base_model.model.${module}.lora_${part}.default.weight`;
}

/** The engine holds D by latent, files by output. */
export function inFileOrder(key: string, gradient: Tensor): Float32Array {
  const values = readFloats(gradient);
  const [rows = 0, columns = 0] = gradient.shape;
  return key.endsWith(".D") ? values.map((_, at) => values[(at % rows) * columns + Math.floor(at / rows)] as number) : values;
}

/** The adapter that the fixture's training started from, or the one of its edge cases (`group` "edge.stan"). */
export function tinyAdapter(tiny: Tiny, method: Method, group = `${method}.init`): Adapter {
  const { targets, stan } = tiny.expected;
  const settings = method === "stan" ? stanSettings(targets, { numLatents: stan.M, k: stan.k }) : loraSettings(targets);
  const modules = planModules(tiny.model.projections, settings);
  const parts = method === "stan" ? ["E", "D"] : ["A", "B"];
  const tensors = modules.map(({ module }): [string, AdapterTensors] => {
    const held = parts.map((part) => [part, tiny.matrix(fixtureName(method, group, module, part))]);
    return [module, Object.fromEntries(held) as AdapterTensors];
  });
  return new Adapter(modules, new Map(tensors));
}

/** Step s (from 0) of the fixture's training data. */
export function tinyBatch({ values }: Tiny, step: number): LabelledBatch {
  const [, rows = 0, tokens = 0] = values.shape("train.input_ids");
  const of = (name: string) => Int32Array.from(values.readInts(name).subarray(step * rows * tokens, (step + 1) * rows * tokens), Number);
  return { ids: of("train.input_ids"), attentionMask: of("train.attention_mask"), labels: of("train.labels"), rows, tokens };
}

/** The rows of a right-padded batch, without their padding. */
export function rowsOf({ ids, labels, attentionMask, rows, tokens }: LabelledBatch): TrainingRow[] {
  return Array.from({ length: rows }, (_, row) => {
    const length =
      attentionMask === undefined ? tokens : attentionMask.subarray(row * tokens, (row + 1) * tokens).reduce((sum, real) => sum + real, 0);
    return { ids: ids.slice(row * tokens, row * tokens + length), labels: labels.slice(row * tokens, row * tokens + length) };
  });
}

/** The fixture's training: AdamW as in make_tiny.py, rows in order. */
export const tinyTraining: TrainingSettings = {
  steps: 10,
  batchRows: 4,
  microBatchRows: null,
  learningRate: 5e-3,
  schedule: "constant",
  warmupFraction: 0,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.01,
  clipNorm: null,
  shuffle: false,
  seed: 0,
};

/** The share of values that are within 1e-4 of those wanted: Adam makes whole steps of gradients that are 0 but for rounding. */
export function shareNear(got: Float32Array, wanted: Float32Array): number {
  if (got.length !== wanted.length) throw new Error(`${got.length} values, and ${wanted.length} are wanted`);
  return got.filter((value, at) => Math.abs(value - (wanted[at] ?? Number.NaN)) < 1e-4).length / got.length;
}

/** The largest absolute difference. @throws Error for arrays of different lengths */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`${a.length} values against ${b.length}`);
  let worst = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs((a[i] as number) - (b[i] as number));
    if (Number.isNaN(difference)) return difference;
    worst = Math.max(worst, difference);
  }
  return worst;
}

export function largest(values: ArrayLike<number>): number {
  return largestDifference(values, new Float32Array(values.length));
}
