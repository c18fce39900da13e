import type { EncoderNames } from "@/lib/contract/architectures/encoder-config";
import type { FrozenWeights } from "@/server/engine/models/frozen-weights";
import type { Projection } from "@/server/engine/models/projection";
import { readVector, storedMatrix, type WeightSource } from "@/server/engine/models/weights";
import type { Tensor } from "@/server/engine/tensor/tensor";

export type Norm = { readonly weight: Tensor; readonly bias: Tensor };

/** Reads an encoder's tensors, held by `weights`. */
export type EncoderReader = {
  table(name: string): Tensor;
  /** (d) */
  vector(name: string): Tensor;
  norm(module: string): Norm;
  /** @param hasBias true unless told */
  linear(module: string, layer: number, hasBias?: boolean): Projection;
};

export function encoderReader(source: WeightSource, weights: FrozenWeights): EncoderReader {
  const vector = (name: string) => weights.hold(readVector(source, name));
  return {
    vector,
    table: (name) => weights.dense(source.read(name), source.shape(name)),
    norm: (module) => ({ weight: vector(`${module}.weight`), bias: vector(`${module}.bias`) }),
    linear(module, layer, hasBias = true) {
      const stored = storedMatrix(source, `${module}.weight`);
      const { dOut, dIn } = stored;
      const held = weights.narrowing(stored);
      const bias = hasBias ? vector(`${module}.bias`) : undefined;
      return { module, name: module.slice(module.lastIndexOf(".") + 1), layer, dIn, dOut, ...held, bias };
    },
  };
}

/**
 * A checkpoint under the names of its model for sequence classification: a bare encoder's lack the model's prefix, and old files call
 * a norm's weight and bias gamma and beta.
 *
 * A bare encoder's pooler lies within the prefix, unless its whole name is without it.
 */
export function namedAsClassifier(source: WeightSource, { prefix, pooler }: EncoderNames): WeightSource {
  const ownsPooler = pooler === undefined || pooler.startsWith(`${prefix}.`);
  const isBare = !source.names().some((name) => name.startsWith(`${prefix}.`));
  const bare = ownsPooler ? /^(?:embeddings|encoder|pooler)\./ : /^(?:embeddings|encoder)\./;
  const named = (name: string) => {
    const whole = isBare && bare.test(name) ? `${prefix}.${name}` : name;
    return whole.replace(/LayerNorm\.gamma$/, "LayerNorm.weight").replace(/LayerNorm\.beta$/, "LayerNorm.bias");
  };
  const own = new Map(source.names().map((name) => [named(name), name]));
  const ownName = (name: string) => own.get(name) ?? name;
  return {
    names: () => [...own.keys()],
    shape: (name) => source.shape(ownName(name)),
    read: (name) => source.read(ownName(name)),
  };
}

/** Adds a linear module's or a norm's tensors to the shapes that a checkpoint should have. */
export function addLinear(shapes: Map<string, readonly number[]>, module: string, dIn: number, dOut: number): void {
  shapes.set(`${module}.weight`, [dOut, dIn]);
  shapes.set(`${module}.bias`, [dOut]);
}

export function addNorm(shapes: Map<string, readonly number[]>, module: string, width: number): void {
  shapes.set(`${module}.weight`, [width]);
  shapes.set(`${module}.bias`, [width]);
}

/** Stored tables of positions, and the heads that the encoder was pretrained with. */
export function isPretrainingTensor(name: string): boolean {
  return /(?:^|\.)position_ids$|^(?:cls|lm_head|lm_predictions|mask_predictions)\./.test(name);
}
