import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { Adapter } from "@/server/engine/adapters/adapter";
import { TrainedHead } from "@/server/engine/adapters/trained-head";
import { createClassificationModel } from "@/server/engine/models/encoders/classification-model";
import type { EncoderModel } from "@/server/engine/models/encoders/encoder-model";
import { loadEncoder } from "@/server/engine/models/encoders/load-encoder";
import type { WeightSource } from "@/server/engine/models/weights";
import { startEngine } from "@/server/engine/tensor/backend";
import { fromValues, readFloats, toBfloat16, toFloat32 } from "@/server/engine/tensor/create";
import { chooseProducts, type ProductChoice, productChoice } from "@/server/engine/tensor/product-choice";
import { free, liveTensors, tidy } from "@/server/engine/tensor/scope";
import { worstDifference } from "@/tests/server/engine/tensor/engines";
import { loraSettings, stanSettings } from "@/tests/server/engine/tiny";
import {
  loadToyEncoder,
  type ToyEncoderName,
  toyEncoderBatch,
  toyEncoderConfigs,
  toyEncoderWeights,
} from "@/tests/server/engine/toy-encoder";

/** 33 tokens: one more than products take without rounding activations. */
const batch = toyEncoderBatch();

let measured: ProductChoice;

beforeAll(async () => {
  await startEngine({ prefer: "tensorflow", kernels: "own" });
  measured = productChoice();
});
afterEach(() => {
  chooseProducts(measured);
  expect(liveTensors()).toBe(0);
});

describe.each(["bert", "roberta", "deberta-v2"] as const)("%s with frozen weights in bfloat16", (name) => {
  it.each(["stan", "lora"] as const)(
    "scores and differentiates as in float32 over the rounded weights, with an adapter of %s",
    (method) => {
      chooseProducts({ bfloat16: "widened", adapter: "float32" });
      expectWithin(2e-6, numbersOf(loadToyEncoder(name, "bfloat16"), method), numbersOf(overRounded(name), method));
    },
  );

  it.each(["tiles", "library"] as const)(
    "rounds activations too where products are computed as %s, which changes a number by 2⁻⁵ of the largest at most",
    (way) => {
      chooseProducts({ bfloat16: way, adapter: "split" });
      expectWithin(2 ** -5, numbersOf(loadToyEncoder(name, "bfloat16"), "lora"), numbersOf(overRounded(name), "lora"));
    },
  );
});

/** Scores, the rows' losses, and the gradients by name. */
function numbersOf(encoder: EncoderModel, method: "stan" | "lora"): Map<string, Float32Array> {
  const targets = encoder.config.defaultTargets;
  const settings = method === "stan" ? stanSettings(targets, { numLatents: 7, k: 3, init: "small" }) : loraSettings(targets);
  const model = createClassificationModel(encoder, 5);
  const [adapter, head] = [Adapter.create(encoder.projections, settings, 3), TrainedHead.create(model, 3)];
  const { scores, rowLosses, gradients } = model.lossAndGradients(batch, adapter.trainingHooks(), head.read(), 1 / 3);
  const read = [...gradients].map(([key, gradient]): [string, Float32Array] => [key, readFloats(gradient)]);
  free(gradients);
  for (const one of [adapter, head, encoder]) one.free();
  return new Map([["scores", scores], ["losses", rowLosses], ...read]);
}

/** In float32, over matrices rounded to bfloat16; relative positions are held in float32 always. */
function overRounded(name: ToyEncoderName): EncoderModel {
  const source = toyEncoderWeights(name);
  const isRounded = (wanted: string) => source.shape(wanted).length === 2 && !wanted.includes("rel_embeddings");
  const rounded: WeightSource = {
    ...source,
    read: (wanted) => (isRounded(wanted) ? roundedValues(source.read(wanted)) : source.read(wanted)),
  };
  return loadEncoder(toyEncoderConfigs[name], rounded);
}

function roundedValues(values: Float32Array): Float32Array {
  return tidy(() => readFloats(toFloat32(toBfloat16(fromValues(values, [values.length])))));
}

function expectWithin(bound: number, got: ReadonlyMap<string, Float32Array>, want: ReadonlyMap<string, Float32Array>): void {
  expect([...got.keys()]).toEqual([...want.keys()]);
  for (const [key, values] of want) expect(worstDifference(got.get(key) ?? [], values), key).toBeLessThan(bound);
}
