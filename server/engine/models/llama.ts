import { siluMul, siluMulGrad } from "@/server/engine/tensor/activations";
import { add, addAll } from "@/server/engine/tensor/arithmetic";
import { fromValues, toFloat32 } from "@/server/engine/tensor/create";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { gatherRows } from "@/server/engine/tensor/layout";
import { rmsNorm, rmsNormGrad } from "@/server/engine/tensor/normalise";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { attend, attendBackward, type HeadShape, type SavedAttention } from "./attention";
import type { Block, BlockPass, CausalArchitecture, StepPass } from "./block";
import type { LlamaConfig } from "./config";
import type { FrozenWeights } from "./frozen-weights";
import { llamaStep } from "./llama-step";
import {
  ATTENTION_INPUTS,
  LLAMA_PROJECTIONS,
  type LlamaProjection,
  type LlamaWeights,
  llamaWeightShapes,
  mayIgnore,
  readBlock,
} from "./llama-weights";
import { project, projectBackward, type SavedProjection } from "./projection";
import type { Gradients } from "./projection-hook";
import { rotaryFrequencies, rotaryOf } from "./rotary-frequencies";
import { demandWeights, readVector, type WeightSource } from "./weights";

type LlamaSaved = {
  readonly x: Tensor;
  readonly inverseRms1: Tensor;
  readonly attention: SavedAttention;
  readonly middle: Tensor;
  readonly inverseRms2: Tensor;
  readonly gate: Tensor;
  readonly up: Tensor;
  readonly adapted: Readonly<Record<LlamaProjection, SavedProjection>>;
};

/** Llama, Mistral and Qwen2: rotary positions, RMS norms, gated MLP; they differ by biases alone. A block is a part. */
export function* llamaArchitecture(
  config: LlamaConfig,
  source: WeightSource,
  weights: FrozenWeights,
): InParts<CausalArchitecture<LlamaSaved>> {
  demandWeights(source, llamaWeightShapes(config), (name) => mayIgnore(name, config));
  const frequencies = rotaryFrequencies(config);
  const vector = (name: string) => weights.hold(readVector(source, name));
  const matrix = (name: string) => weights.matrix(source.read(name), source.shape(name));
  const embedding = matrix("model.embed_tokens.weight");
  yield;
  const norm = vector("model.norm.weight");
  const head = config.tieWordEmbeddings ? embedding : matrix("lm_head.weight");
  yield;
  const blocks: Block<LlamaSaved>[] = [];
  for (let layer = 0; layer < config.numLayers; layer++) {
    blocks.push(llamaBlock(config, layer, readBlock(config, source, layer, weights), weights));
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
    rotary: (positions) => rotaryOf(positions, config, frequencies),
    finalNorm(x) {
      const { y, inverseRms } = rmsNorm(x, norm, config.normEpsilon);
      return { y, saved: inverseRms, backward: (dy) => rmsNormGrad(x, inverseRms, norm, dy) };
    },
    unembedding: { gain: norm, isCentred: false, head },
  };
}

function llamaBlock(config: LlamaConfig, layer: number, weights: LlamaWeights, frozen: FrozenWeights): Block<LlamaSaved> {
  const { projections: own, inputNorm, middleNorm } = weights;
  const shape: HeadShape = { heads: config.heads, kvHeads: config.kvHeads, dHead: config.dHead };
  const { normEpsilon } = config;

  function forward(x: Tensor, pass: BlockPass): { y: Tensor; saved: LlamaSaved } {
    const { hooks, hookPass } = pass;
    const norm1 = rmsNorm(x, inputNorm, normEpsilon);
    const q = project(own.q_proj, norm1.y, hooks, hookPass);
    const k = project(own.k_proj, norm1.y, hooks, hookPass);
    const v = project(own.v_proj, norm1.y, hooks, hookPass);
    const { mixed, saved: attention } = attend(q.output, k.output, v.output, shape, pass, layer);
    const o = project(own.o_proj, mixed, hooks, hookPass);
    const middle = add(x, o.output);
    const norm2 = rmsNorm(middle, middleNorm, normEpsilon);
    const gate = project(own.gate_proj, norm2.y, hooks, hookPass);
    const up = project(own.up_proj, norm2.y, hooks, hookPass);
    const down = project(own.down_proj, siluMul(gate.output, up.output), hooks, hookPass);
    const adapted = {
      q_proj: q.saved,
      k_proj: k.saved,
      v_proj: v.saved,
      o_proj: o.saved,
      gate_proj: gate.saved,
      up_proj: up.saved,
      down_proj: down.saved,
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

  function backward(dy: Tensor, saved: LlamaSaved, pass: BlockPass, needsInput: boolean, gradients: Gradients): Tensor | undefined {
    const { adapted } = saved;
    const isAdapted = (...names: LlamaProjection[]) => names.some((name) => adapted[name] !== undefined);
    const needsQkv = needsInput || isAdapted(...ATTENTION_INPUTS);
    const needsMixed = needsQkv || isAdapted("o_proj");
    const needsGated = needsMixed || isAdapted("gate_proj", "up_proj");

    const dGated = sum(projectBackward(own.down_proj, dy, adapted.down_proj, needsGated, gradients));
    if (dGated === undefined) return undefined;
    const { dGate, dUp } = siluMulGrad(saved.gate, saved.up, dGated);
    const dNorm2 = sum([
      ...projectBackward(own.gate_proj, dGate, adapted.gate_proj, needsMixed, gradients),
      ...projectBackward(own.up_proj, dUp, adapted.up_proj, needsMixed, gradients),
    ]);
    if (dNorm2 === undefined) return undefined;
    const dMiddle = rmsNormGrad(saved.middle, saved.inverseRms2, middleNorm, dNorm2, dy);
    const dMixed = sum(projectBackward(own.o_proj, dMiddle, adapted.o_proj, needsQkv, gradients));
    if (dMixed === undefined) return undefined;
    const { dQ, dK, dV } = attendBackward(dMixed, saved.attention, shape, pass, {
      q: needsInput || isAdapted("q_proj"),
      k: needsInput || isAdapted("k_proj"),
      v: needsInput || isAdapted("v_proj"),
    });
    const dNorm1 = sum([
      ...(dQ === undefined ? [] : projectBackward(own.q_proj, dQ, adapted.q_proj, needsInput, gradients)),
      ...(dK === undefined ? [] : projectBackward(own.k_proj, dK, adapted.k_proj, needsInput, gradients)),
      ...(dV === undefined ? [] : projectBackward(own.v_proj, dV, adapted.v_proj, needsInput, gradients)),
    ]);
    return dNorm1 === undefined ? undefined : rmsNormGrad(saved.x, saved.inverseRms1, inputNorm, dNorm1, dMiddle);
  }

  const step = (x: Tensor, pass: StepPass) => llamaStep(weights, frozen, config, x, pass, layer);

  return { layer, projections: LLAMA_PROJECTIONS.map((name) => own[name]), forward, backward, step };
}

function sum(parts: readonly Tensor[]): Tensor | undefined {
  return parts.length < 2 ? parts[0] : addAll(parts);
}
