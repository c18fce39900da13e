import { siluMul, siluMulGrad } from "@/server/engine/tensor/activations";
import { add, addAll, addBias } from "@/server/engine/tensor/arithmetic";
import { fromValues, toFloat32 } from "@/server/engine/tensor/create";
import { gatherRows, split } from "@/server/engine/tensor/layout";
import { rmsNorm, rmsNormGrad } from "@/server/engine/tensor/normalise";
import { linear } from "@/server/engine/tensor/products";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { attend, attendBackward, attendOneToken, type HeadShape, type SavedAttention } from "./attention";
import type { Block, BlockPass, CausalArchitecture, StepPass } from "./block";
import type { LlamaConfig } from "./config";
import type { FrozenWeights } from "./frozen-weights";
import { adapt, type Projection, project, projectBackward, type SavedProjection } from "./projection";
import type { Gradients } from "./projection-hook";
import { rotaryFrequencies, rotaryOf } from "./rotary-frequencies";
import { demandWeights, readVector, type WeightShapes, type WeightSource } from "./weights";

const ATTENTION_INPUTS = ["q_proj", "k_proj", "v_proj"] as const;
const NAMES = [...ATTENTION_INPUTS, "o_proj", "gate_proj", "up_proj", "down_proj"] as const;
type Name = (typeof NAMES)[number];

type LlamaWeights = {
  readonly projections: Readonly<Record<Name, Projection>>;
  readonly inputNorm: Tensor;
  readonly middleNorm: Tensor;
  /** q, k and v under each other, and gate and up, with their biases: what steps read; absent on the WebAssembly engine. */
  readonly qkv: { readonly weight: Tensor; readonly bias: Tensor | undefined } | undefined;
  readonly gateUp: { readonly weight: Tensor; readonly bias: Tensor | undefined } | undefined;
};

type LlamaSaved = {
  readonly x: Tensor;
  readonly inverseRms1: Tensor;
  readonly attention: SavedAttention;
  readonly middle: Tensor;
  readonly inverseRms2: Tensor;
  readonly gate: Tensor;
  readonly up: Tensor;
  readonly adapted: Readonly<Record<Name, SavedProjection>>;
};

/** Llama, Mistral and Qwen2: rotary positions, RMS norms, gated MLP; they differ by biases alone. */
export function llamaArchitecture(config: LlamaConfig, source: WeightSource, weights: FrozenWeights): CausalArchitecture<LlamaSaved> {
  demandWeights(source, llamaWeightShapes(config), (name) => mayIgnore(name, config));
  const frequencies = rotaryFrequencies(config);
  const vector = (name: string) => weights.hold(readVector(source, name));
  const matrix = (name: string) => weights.matrix(source.read(name), source.shape(name));
  const embedding = matrix("model.embed_tokens.weight");
  const norm = vector("model.norm.weight");
  const head = config.tieWordEmbeddings ? embedding : matrix("lm_head.weight");
  const blocks = Array.from({ length: config.numLayers }, (_, layer) =>
    llamaBlock(config, layer, readBlock(config, source, layer, weights), weights),
  );
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
    const isAdapted = (...names: Name[]) => names.some((name) => adapted[name] !== undefined);
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

  function step(x: Tensor, pass: StepPass): Tensor {
    const norm1 = rmsNorm(x, inputNorm, normEpsilon).y;
    const [q, k, v] = stepTogether(weights.qkv, [own.q_proj, own.k_proj, own.v_proj], norm1, pass) as [Tensor, Tensor, Tensor];
    const mixed = attendOneToken(q, k, v, shape, pass, layer);
    const middle = add(x, stepAlone(own.o_proj, mixed, pass));
    const norm2 = rmsNorm(middle, middleNorm, normEpsilon).y;
    const [gate, up] = stepTogether(weights.gateUp, [own.gate_proj, own.up_proj], norm2, pass) as [Tensor, Tensor];
    return add(middle, stepAlone(own.down_proj, siluMul(gate, up), pass));
  }

  function stepAlone(projection: Projection, x: Tensor, { hooks, hookPass, dtype }: StepPass): Tensor {
    return project(frozen.projectionForDecoding(projection, dtype), x, hooks, hookPass).output;
  }

  function stepTogether(joined: LlamaWeights["qkv"], parts: readonly Projection[], x: Tensor, pass: StepPass): Tensor[] {
    if (joined === undefined) return parts.map((part) => stepAlone(part, x, pass));
    const product = linear(x, frozen.forDecoding(joined.weight, pass.dtype));
    const whole = joined.bias === undefined ? product : addBias(product, joined.bias);
    const widths = parts.map(({ dOut }) => dOut);
    return split(whole, widths, 1).map((base, i) => adapt(parts[i] as Projection, x, base, pass.hooks, pass.hookPass).output);
  }

  return { layer, projections: NAMES.map((name) => own[name]), forward, backward, step };
}

function sum(parts: readonly Tensor[]): Tensor | undefined {
  return parts.length < 2 ? parts[0] : addAll(parts);
}

function readBlock(config: LlamaConfig, source: WeightSource, layer: number, weights: FrozenWeights): LlamaWeights {
  const vector = (name: string) => weights.hold(readVector(source, name));

  function readTogether(names: readonly Name[]) {
    const parts = names.map((name) => ({ name, module: moduleOf(name, layer), shape: source.shape(`${moduleOf(name, layer)}.weight`) }));
    const dIn = parts[0]?.shape[1] ?? 0;
    const { each, joined } = weights.matrices(
      parts.map(({ module, shape }) => ({ values: source.read(`${module}.weight`), dOut: shape[0] ?? 0 })),
      dIn,
    );
    const projections = parts.map(({ name, module, shape }, i): Projection => {
      const bias = hasBias(name, config) ? vector(`${module}.bias`) : undefined;
      return { module, name, layer, dIn, dOut: shape[0] ?? 0, weight: each[i] as Tensor, isHeldByInput: false, bias };
    });
    const biases = projections.flatMap(({ bias }) => (bias === undefined ? [] : [bias]));
    const bias = joined !== undefined && biases.length > 0 ? weights.joinVectors(biases) : undefined;
    return { projections, joined: joined === undefined ? undefined : { weight: joined, bias } };
  }

  function readAlone(name: Name): Projection {
    const module = moduleOf(name, layer);
    const [dOut = 0, dIn = 0] = source.shape(`${module}.weight`);
    const bias = hasBias(name, config) ? vector(`${module}.bias`) : undefined;
    return { module, name, layer, dIn, dOut, ...weights.narrowing(source.read(`${module}.weight`), dOut, dIn), bias };
  }

  const qkv = readTogether(ATTENTION_INPUTS);
  const gateUp = readTogether(["gate_proj", "up_proj"]);
  const all = [...qkv.projections, readAlone("o_proj"), ...gateUp.projections, readAlone("down_proj")];
  return {
    projections: Object.fromEntries(all.map((projection) => [projection.name, projection])) as Record<Name, Projection>,
    inputNorm: vector(`model.layers.${layer}.input_layernorm.weight`),
    middleNorm: vector(`model.layers.${layer}.post_attention_layernorm.weight`),
    qkv: qkv.joined,
    gateUp: gateUp.joined,
  };
}

function moduleOf(name: Name, layer: number): string {
  const isMlp = name === "gate_proj" || name === "up_proj" || name === "down_proj";
  return `model.layers.${layer}.${isMlp ? "mlp" : "self_attn"}.${name}`;
}

function hasBias(name: Name, config: LlamaConfig): boolean {
  if (name === "q_proj" || name === "k_proj" || name === "v_proj") return config.hasQkvBias;
  return name === "o_proj" ? config.hasOutputBias : config.hasMlpBias;
}

function llamaWeightShapes(config: LlamaConfig): WeightShapes {
  const { dModel, dFeedForward, heads, kvHeads, dHead, vocab } = config;
  const shapes = new Map<string, readonly number[]>([
    ["model.embed_tokens.weight", [vocab, dModel]],
    ["model.norm.weight", [dModel]],
  ]);
  if (!config.tieWordEmbeddings) shapes.set("lm_head.weight", [vocab, dModel]);
  const widths: Record<Name, readonly [number, number]> = {
    q_proj: [heads * dHead, dModel],
    k_proj: [kvHeads * dHead, dModel],
    v_proj: [kvHeads * dHead, dModel],
    o_proj: [dModel, heads * dHead],
    gate_proj: [dFeedForward, dModel],
    up_proj: [dFeedForward, dModel],
    down_proj: [dModel, dFeedForward],
  };
  for (let layer = 0; layer < config.numLayers; layer++) {
    const prefix = `model.layers.${layer}`;
    for (const norm of ["input_layernorm", "post_attention_layernorm"]) shapes.set(`${prefix}.${norm}.weight`, [dModel]);
    for (const name of NAMES) {
      const module = moduleOf(name, layer);
      shapes.set(`${module}.weight`, widths[name]);
      if (hasBias(name, config)) shapes.set(`${module}.bias`, [widths[name][0]]);
    }
  }
  return shapes;
}

/** Old checkpoints store the rotary frequencies; a tied head may be stored beside the embedding. */
function mayIgnore(name: string, config: LlamaConfig): boolean {
  return name.endsWith(".rotary_emb.inv_freq") || (config.tieWordEmbeddings && name === "lm_head.weight");
}
