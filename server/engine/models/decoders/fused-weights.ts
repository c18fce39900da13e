import type { FusedConfig } from "@/lib/contract/architectures/decoder-config";
import type { FrozenWeights } from "@/server/engine/models/frozen-weights";
import type { Projection } from "@/server/engine/models/projection";
import { readVector, storedMatrix, type WeightShapes, type WeightSource } from "@/server/engine/models/weights";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { lastPart, outerShapes } from "./decoder-names";

/** In the order of computation. */
export const FUSED_PROJECTIONS = ["qkv", "attentionOutput", "up", "down"] as const;
export type FusedProjection = (typeof FUSED_PROJECTIONS)[number];

export type Norm = { readonly weight: Tensor; readonly bias: Tensor };

/** One block's frozen tensors. */
export type FusedWeights = {
  readonly projections: Readonly<Record<FusedProjection, Projection>>;
  readonly attentionNorm: Norm;
  readonly mlpNorm: Norm;
};

export function readNorm(source: WeightSource, module: string, weights: FrozenWeights): Norm {
  const vector = (part: string) => weights.hold(readVector(source, `${module}.${part}`));
  return { weight: vector("weight"), bias: vector("bias") };
}

/** Reads the tensors of one block; matrices are held (dOut, dIn), however they are stored. */
export function readFusedBlock(config: FusedConfig, source: WeightSource, layer: number, weights: FrozenWeights): FusedWeights {
  const { names } = config;
  const prefix = `${names.layers}.${layer}`;

  function read(role: FusedProjection): [FusedProjection, Projection] {
    const module = `${prefix}.${names[role]}`;
    const stored = storedMatrix(source, `${module}.weight`, config.storesByInput);
    const { dOut, dIn } = stored;
    const held = weights.narrowing(stored);
    const bias = hasBias(role, config) ? weights.hold(readVector(source, `${module}.bias`)) : undefined;
    return [role, { module, name: lastPart(module), layer, dIn, dOut, ...held, bias }];
  }

  return {
    projections: Object.fromEntries(FUSED_PROJECTIONS.map(read)) as Record<FusedProjection, Projection>,
    attentionNorm: readNorm(source, `${prefix}.${names.attentionNorm}`, weights),
    mlpNorm: readNorm(source, `${prefix}.${names.mlpNorm}`, weights),
  };
}

function hasBias(role: FusedProjection, { hasAttentionBias }: FusedConfig): boolean {
  return hasAttentionBias || role === "up" || role === "down";
}

/** Every tensor that a checkpoint of this configuration has, with its shape. */
export function fusedWeightShapes(config: FusedConfig): WeightShapes {
  const { names, dModel, dFeedForward, storesByInput } = config;
  const shapes = outerShapes(config);
  const widths: Record<FusedProjection, readonly [dOut: number, dIn: number]> = {
    qkv: [3 * dModel, dModel],
    attentionOutput: [dModel, dModel],
    up: [dFeedForward, dModel],
    down: [dModel, dFeedForward],
  };
  const norms = [names.finalNorm];
  for (let layer = 0; layer < config.numLayers; layer++) {
    const prefix = `${names.layers}.${layer}`;
    norms.push(`${prefix}.${names.attentionNorm}`, `${prefix}.${names.mlpNorm}`);
    for (const role of FUSED_PROJECTIONS) {
      const [dOut, dIn] = widths[role];
      shapes.set(`${prefix}.${names[role]}.weight`, storesByInput ? [dIn, dOut] : [dOut, dIn]);
      if (hasBias(role, config)) shapes.set(`${prefix}.${names[role]}.bias`, [dOut]);
    }
  }
  for (const norm of norms) for (const part of ["weight", "bias"]) shapes.set(`${norm}.${part}`, [dModel]);
  return shapes;
}
