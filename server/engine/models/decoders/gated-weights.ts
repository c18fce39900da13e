import type { GatedConfig } from "@/lib/contract/architectures/decoder-config";
import type { FrozenWeights } from "@/server/engine/models/frozen-weights";
import type { Projection } from "@/server/engine/models/projection";
import { readVector, type WeightShapes, type WeightSource } from "@/server/engine/models/weights";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { lastPart, outerShapes } from "./decoder-names";

export const ATTENTION_INPUTS = ["q", "k", "v"] as const;
/** In the order of computation. */
export const GATED_PROJECTIONS = [...ATTENTION_INPUTS, "attentionOutput", "gate", "up", "down"] as const;
export type GatedProjection = (typeof GATED_PROJECTIONS)[number];

/** One block's frozen tensors. */
export type GatedWeights = {
  readonly projections: Readonly<Record<GatedProjection, Projection>>;
  readonly attentionNorm: Tensor;
  readonly mlpNorm: Tensor;
  /** The weights of q, k and v under each other, and of gate and up: what steps read; absent on the WebAssembly engine. */
  readonly qkv: Tensor | undefined;
  readonly gateUp: Tensor | undefined;
};

/** Reads the tensors of one block. */
export function readGatedBlock(config: GatedConfig, source: WeightSource, layer: number, weights: FrozenWeights): GatedWeights {
  const { names } = config;
  const prefix = `${names.layers}.${layer}`;
  const vector = (name: string) => weights.hold(readVector(source, name));

  function readTogether(roles: readonly GatedProjection[]) {
    const parts = roles.map((role) => {
      const module = `${prefix}.${names[role]}`;
      return { role, module, shape: source.shape(`${module}.weight`) };
    });
    const dIn = parts[0]?.shape[1] ?? 0;
    const { each, joined } = weights.matrices(
      parts.map(({ module, shape }) => ({ values: source.read(`${module}.weight`), dOut: shape[0] ?? 0 })),
      dIn,
    );
    const projections = parts.map(({ role, module, shape }, i): [GatedProjection, Projection] => {
      const bias = hasBias(role, config) ? vector(`${module}.bias`) : undefined;
      const held = { weight: each[i] as Tensor, isHeldByInput: false };
      return [role, { module, name: lastPart(module), layer, dIn, dOut: shape[0] ?? 0, ...held, bias }];
    });
    return { projections, joined };
  }

  function readAlone(role: GatedProjection): [GatedProjection, Projection] {
    const module = `${prefix}.${names[role]}`;
    const [dOut = 0, dIn = 0] = source.shape(`${module}.weight`);
    const bias = hasBias(role, config) ? vector(`${module}.bias`) : undefined;
    const held = weights.narrowing(source.read(`${module}.weight`), dOut, dIn);
    return [role, { module, name: lastPart(module), layer, dIn, dOut, ...held, bias }];
  }

  const qkv = readTogether(ATTENTION_INPUTS);
  const gateUp = readTogether(["gate", "up"]);
  const all = [...qkv.projections, readAlone("attentionOutput"), ...gateUp.projections, readAlone("down")];
  return {
    projections: Object.fromEntries(all) as Record<GatedProjection, Projection>,
    attentionNorm: vector(`${prefix}.${names.attentionNorm}.weight`),
    mlpNorm: vector(`${prefix}.${names.mlpNorm}.weight`),
    qkv: qkv.joined,
    gateUp: gateUp.joined,
  };
}

function hasBias(role: GatedProjection, config: GatedConfig): boolean {
  if (role === "q" || role === "k" || role === "v") return config.hasQkvBias;
  return role === "attentionOutput" ? config.hasOutputBias : config.hasMlpBias;
}

/** Every tensor that a checkpoint of this configuration has, with its shape. */
export function gatedWeightShapes(config: GatedConfig): WeightShapes {
  const { dModel, dFeedForward, heads, kvHeads, dHead, names } = config;
  const shapes = outerShapes(config);
  shapes.set(`${names.finalNorm}.weight`, [dModel]);
  const widths: Record<GatedProjection, readonly [number, number]> = {
    q: [heads * dHead, dModel],
    k: [kvHeads * dHead, dModel],
    v: [kvHeads * dHead, dModel],
    attentionOutput: [dModel, heads * dHead],
    gate: [dFeedForward, dModel],
    up: [dFeedForward, dModel],
    down: [dModel, dFeedForward],
  };
  for (let layer = 0; layer < config.numLayers; layer++) {
    const prefix = `${names.layers}.${layer}`;
    for (const norm of [names.attentionNorm, names.mlpNorm]) shapes.set(`${prefix}.${norm}.weight`, [dModel]);
    for (const role of GATED_PROJECTIONS) {
      shapes.set(`${prefix}.${names[role]}.weight`, widths[role]);
      if (hasBias(role, config)) shapes.set(`${prefix}.${names[role]}.bias`, [widths[role][0]]);
    }
  }
  return shapes;
}
