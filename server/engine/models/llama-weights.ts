import type { Tensor } from "@/server/engine/tensor/tensor";
import type { LlamaConfig } from "./config";
import type { FrozenWeights } from "./frozen-weights";
import type { Projection } from "./projection";
import { readVector, type WeightShapes, type WeightSource } from "./weights";

export const ATTENTION_INPUTS = ["q_proj", "k_proj", "v_proj"] as const;
export const LLAMA_PROJECTIONS = [...ATTENTION_INPUTS, "o_proj", "gate_proj", "up_proj", "down_proj"] as const;
export type LlamaProjection = (typeof LLAMA_PROJECTIONS)[number];

/** One block's frozen tensors. */
export type LlamaWeights = {
  readonly projections: Readonly<Record<LlamaProjection, Projection>>;
  readonly inputNorm: Tensor;
  readonly middleNorm: Tensor;
  /** The weights of q, k and v under each other, and of gate and up: what steps read; absent on the WebAssembly engine. */
  readonly qkv: Tensor | undefined;
  readonly gateUp: Tensor | undefined;
};

/** Reads the tensors of one block. */
export function readBlock(config: LlamaConfig, source: WeightSource, layer: number, weights: FrozenWeights): LlamaWeights {
  const vector = (name: string) => weights.hold(readVector(source, name));

  function readTogether(names: readonly LlamaProjection[]) {
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
    return { projections, joined };
  }

  function readAlone(name: LlamaProjection): Projection {
    const module = moduleOf(name, layer);
    const [dOut = 0, dIn = 0] = source.shape(`${module}.weight`);
    const bias = hasBias(name, config) ? vector(`${module}.bias`) : undefined;
    return { module, name, layer, dIn, dOut, ...weights.narrowing(source.read(`${module}.weight`), dOut, dIn), bias };
  }

  const qkv = readTogether(ATTENTION_INPUTS);
  const gateUp = readTogether(["gate_proj", "up_proj"]);
  const all = [...qkv.projections, readAlone("o_proj"), ...gateUp.projections, readAlone("down_proj")];
  return {
    projections: Object.fromEntries(all.map((projection) => [projection.name, projection])) as Record<LlamaProjection, Projection>,
    inputNorm: vector(`model.layers.${layer}.input_layernorm.weight`),
    middleNorm: vector(`model.layers.${layer}.post_attention_layernorm.weight`),
    qkv: qkv.joined,
    gateUp: gateUp.joined,
  };
}

function moduleOf(name: LlamaProjection, layer: number): string {
  const isMlp = name === "gate_proj" || name === "up_proj" || name === "down_proj";
  return `model.layers.${layer}.${isMlp ? "mlp" : "self_attn"}.${name}`;
}

function hasBias(name: LlamaProjection, config: LlamaConfig): boolean {
  if (name === "q_proj" || name === "k_proj" || name === "v_proj") return config.hasQkvBias;
  return name === "o_proj" ? config.hasOutputBias : config.hasMlpBias;
}

/** Every tensor that a checkpoint of this configuration has, with its shape. */
export function llamaWeightShapes(config: LlamaConfig): WeightShapes {
  const { dModel, dFeedForward, heads, kvHeads, dHead, vocab } = config;
  const shapes = new Map<string, readonly number[]>([
    ["model.embed_tokens.weight", [vocab, dModel]],
    ["model.norm.weight", [dModel]],
  ]);
  if (!config.tieWordEmbeddings) shapes.set("lm_head.weight", [vocab, dModel]);
  const widths: Record<LlamaProjection, readonly [number, number]> = {
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
    for (const name of LLAMA_PROJECTIONS) {
      const module = moduleOf(name, layer);
      shapes.set(`${module}.weight`, widths[name]);
      if (hasBias(name, config)) shapes.set(`${module}.bias`, [widths[name][0]]);
    }
  }
  return shapes;
}

/** Old checkpoints store the rotary frequencies; a tied head may be stored beside the embedding. */
export function mayIgnore(name: string, config: LlamaConfig): boolean {
  return name.endsWith(".rotary_emb.inv_freq") || (config.tieWordEmbeddings && name === "lm_head.weight");
}
