import type { GatedConfig } from "@/lib/contract/architectures/decoder-config";
import { attend, attendBackward, type HeadShape, type SavedAttention } from "@/server/engine/models/attention";
import type { Block, BlockPass, CausalArchitecture, StepPass } from "@/server/engine/models/block";
import type { FrozenWeights } from "@/server/engine/models/frozen-weights";
import { project, projectBackward, type SavedProjection } from "@/server/engine/models/projection";
import type { Gradients } from "@/server/engine/models/projection-hook";
import { demandWeights, readVector, type WeightSource } from "@/server/engine/models/weights";
import { siluMul, siluMulGrad } from "@/server/engine/tensor/activations";
import { add, addAll } from "@/server/engine/tensor/arithmetic";
import { fromValues, toFloat32 } from "@/server/engine/tensor/create";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { gatherRows } from "@/server/engine/tensor/layout";
import { rmsNorm, rmsNormGrad } from "@/server/engine/tensor/normalise";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { isTiedHead } from "./decoder-names";
import { gatedStep } from "./gated-step";
import {
  ATTENTION_INPUTS,
  GATED_PROJECTIONS,
  type GatedProjection,
  type GatedWeights,
  gatedWeightShapes,
  readGatedBlock,
} from "./gated-weights";
import { rotaryFrequencies, rotaryOf } from "./rotary-frequencies";

type GatedSaved = {
  readonly x: Tensor;
  readonly inverseRms1: Tensor;
  readonly attention: SavedAttention;
  readonly middle: Tensor;
  readonly inverseRms2: Tensor;
  readonly gate: Tensor;
  readonly up: Tensor;
  readonly adapted: Readonly<Record<GatedProjection, SavedProjection>>;
};

/** Rotary positions, RMS norms, separate projections and a gated MLP. A block is a part. */
export function* gatedDecoder(config: GatedConfig, source: WeightSource, weights: FrozenWeights): InParts<CausalArchitecture<GatedSaved>> {
  demandWeights(source, gatedWeightShapes(config), (name) => isTiedHead(name, config));
  const frequencies = rotaryFrequencies(config.rotary);
  const vector = (name: string) => weights.hold(readVector(source, name));
  const matrix = (name: string) => weights.matrix(source.read(name), source.shape(name));
  const embedding = matrix(`${config.names.embedding}.weight`);
  yield;
  const norm = vector(`${config.names.finalNorm}.weight`);
  const head = config.tieWordEmbeddings ? embedding : matrix(`${config.names.head}.weight`);
  yield;
  const blocks: Block<GatedSaved>[] = [];
  for (let layer = 0; layer < config.numLayers; layer++) {
    blocks.push(gatedBlock(config, layer, readGatedBlock(config, source, layer, weights), weights));
    yield;
  }
  return {
    blocks,
    kvHeads: config.kvHeads,
    dHead: config.dHead,
    embed(ids) {
      const rows = gatherRows(embedding, fromValues(ids, [ids.length]));
      return weights.dtype === "bfloat16" ? toFloat32(rows) : rows;
    },
    rotary: (positions) => rotaryOf(positions, config.dHead, frequencies),
    finalNorm(x) {
      const { y, inverseRms } = rmsNorm(x, norm, config.normEpsilon);
      return { y, saved: inverseRms, backward: (dy) => rmsNormGrad(x, inverseRms, norm, dy) };
    },
    unembedding: { gain: norm, isCentred: false, head },
  };
}

function gatedBlock(config: GatedConfig, layer: number, weights: GatedWeights, frozen: FrozenWeights): Block<GatedSaved> {
  const { projections: own, attentionNorm, mlpNorm } = weights;
  const shape: HeadShape = { heads: config.heads, kvHeads: config.kvHeads, dHead: config.dHead };
  const { normEpsilon } = config;

  function forward(x: Tensor, pass: BlockPass): { y: Tensor; saved: GatedSaved } {
    const { hooks, hookPass } = pass;
    const norm1 = rmsNorm(x, attentionNorm, normEpsilon);
    const q = project(own.q, norm1.y, hooks, hookPass);
    const k = project(own.k, norm1.y, hooks, hookPass);
    const v = project(own.v, norm1.y, hooks, hookPass);
    const { mixed, saved: attention } = attend(q.output, k.output, v.output, shape, pass, layer);
    const o = project(own.attentionOutput, mixed, hooks, hookPass);
    const middle = add(x, o.output);
    const norm2 = rmsNorm(middle, mlpNorm, normEpsilon);
    const gate = project(own.gate, norm2.y, hooks, hookPass);
    const up = project(own.up, norm2.y, hooks, hookPass);
    const down = project(own.down, siluMul(gate.output, up.output), hooks, hookPass);
    const adapted = {
      q: q.saved,
      k: k.saved,
      v: v.saved,
      attentionOutput: o.saved,
      gate: gate.saved,
      up: up.saved,
      down: down.saved,
    };
    return {
      y: add(middle, down.output),
      saved: {
        x,
        inverseRms1: norm1.inverseRms,
        attention,
        middle,
        inverseRms2: norm2.inverseRms,
        gate: gate.output,
        up: up.output,
        adapted,
      },
    };
  }

  function backward(dy: Tensor, saved: GatedSaved, pass: BlockPass, needsInput: boolean, gradients: Gradients): Tensor | undefined {
    const { adapted } = saved;
    const isAdapted = (...names: GatedProjection[]) => names.some((name) => adapted[name] !== undefined);
    const needsQkv = needsInput || isAdapted(...ATTENTION_INPUTS);
    const needsMixed = needsQkv || isAdapted("attentionOutput");
    const needsGated = needsMixed || isAdapted("gate", "up");

    const dGated = sum(projectBackward(own.down, dy, adapted.down, needsGated, gradients));
    if (dGated === undefined) return undefined;
    const { dGate, dUp } = siluMulGrad(saved.gate, saved.up, dGated);
    const dNorm2 = sum([
      ...projectBackward(own.gate, dGate, adapted.gate, needsMixed, gradients),
      ...projectBackward(own.up, dUp, adapted.up, needsMixed, gradients),
    ]);
    if (dNorm2 === undefined) return undefined;
    const dMiddle = rmsNormGrad(saved.middle, saved.inverseRms2, mlpNorm, dNorm2, dy);
    const dMixed = sum(projectBackward(own.attentionOutput, dMiddle, adapted.attentionOutput, needsQkv, gradients));
    if (dMixed === undefined) return undefined;
    const { dQ, dK, dV } = attendBackward(dMixed, saved.attention, shape, pass, {
      q: needsInput || isAdapted("q"),
      k: needsInput || isAdapted("k"),
      v: needsInput || isAdapted("v"),
    });
    const dNorm1 = sum([
      ...(dQ === undefined ? [] : projectBackward(own.q, dQ, adapted.q, needsInput, gradients)),
      ...(dK === undefined ? [] : projectBackward(own.k, dK, adapted.k, needsInput, gradients)),
      ...(dV === undefined ? [] : projectBackward(own.v, dV, adapted.v, needsInput, gradients)),
    ]);
    return dNorm1 === undefined ? undefined : rmsNormGrad(saved.x, saved.inverseRms1, attentionNorm, dNorm1, dMiddle);
  }

  const step = (x: Tensor, pass: StepPass) => gatedStep(weights, frozen, config, x, pass, layer);

  return { layer, projections: GATED_PROJECTIONS.map((name) => own[name]), forward, backward, step };
}

function sum(parts: readonly Tensor[]): Tensor | undefined {
  return parts.length < 2 ? parts[0] : addAll(parts);
}
