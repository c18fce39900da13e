import type { JoinedConfig } from "@/lib/contract/architectures/decoder-config";
import type { FrozenWeights } from "@/server/engine/models/frozen-weights";
import type { Projection } from "@/server/engine/models/projection";
import { storedMatrix, type WeightShapes, type WeightSource } from "@/server/engine/models/weights";
import { lastPart } from "./decoder-names";
import { type BlockNorms, blockNorms, normedShapes, normReader } from "./gated-weights";

/** In the order of computation. */
const JOINED_PROJECTIONS = ["qkv", "attentionOutput", "gateUp", "down"] as const;
type JoinedProjection = (typeof JOINED_PROJECTIONS)[number];

/** One block's frozen tensors. */
export type JoinedWeights = BlockNorms & { readonly projections: Readonly<Record<JoinedProjection, Projection>> };

/** Reads the tensors of one block. */
export function readJoinedBlock(config: JoinedConfig, source: WeightSource, layer: number, weights: FrozenWeights): JoinedWeights {
  function read(role: JoinedProjection): [JoinedProjection, Projection] {
    const module = `${config.names.layers}.${layer}.${config.names[role]}`;
    const [dOut, dIn] = widthsOf(config)[role];
    const stored = storedMatrix(source, `${module}.weight`);
    // Steps read joined matrices by output.
    const isJoined = role === "qkv" || role === "gateUp";
    const held = isJoined ? { weight: weights.matrix(stored), isHeldByInput: false } : weights.narrowing(stored);
    return [role, { module, name: lastPart(module), layer, dIn, dOut, ...held, bias: undefined }];
  }

  return {
    projections: Object.fromEntries(JOINED_PROJECTIONS.map(read)) as Record<JoinedProjection, Projection>,
    ...blockNorms(normReader(config, source, layer, weights)),
  };
}

/** Every tensor that a checkpoint of this configuration has, with its shape. */
export function joinedWeightShapes(config: JoinedConfig): WeightShapes {
  const shapes = normedShapes(config);
  const widths = widthsOf(config);
  for (let layer = 0; layer < config.numLayers; layer++) {
    for (const role of JOINED_PROJECTIONS) {
      shapes.set(`${config.names.layers}.${layer}.${config.names[role]}.weight`, widths[role]);
    }
  }
  return shapes;
}

function widthsOf({ dModel, dFeedForward, heads, kvHeads, dHead }: JoinedConfig): Record<JoinedProjection, readonly [number, number]> {
  return {
    qkv: [(heads + 2 * kvHeads) * dHead, dModel],
    attentionOutput: [dModel, heads * dHead],
    gateUp: [2 * dFeedForward, dModel],
    down: [dModel, dFeedForward],
  };
}
