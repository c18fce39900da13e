import type { ShapeConfig } from "./shapes";

export type ModelTensor = {
  readonly name: string;
  readonly ggufName: string;
  /** (rows, width), or (width). */
  readonly shape: readonly number[];
  /** Of its random entries; 0 for gains, which are all 1. */
  readonly deviation: number;
};

/** The tensors of a model in the order of a pass. Entries are as large as at the beginning of a training: states keep their size from layer to layer. */
export function modelTensors(config: ShapeConfig): ModelTensor[] {
  const { vocab_size: vocab, hidden_size: hidden, num_hidden_layers: layers } = config;
  const head = { name: "lm_head.weight", ggufName: "output.weight", shape: [vocab, hidden], deviation: 0.02 };
  return [
    { name: "model.embed_tokens.weight", ggufName: "token_embd.weight", shape: [vocab, hidden], deviation: 0.02 },
    ...Array.from({ length: layers }, (_, layer) => blockTensors(config, layer)).flat(),
    { name: "model.norm.weight", ggufName: "output_norm.weight", shape: [hidden], deviation: 0 },
    ...(config.tie_word_embeddings ? [] : [head]),
  ];
}

function blockTensors(config: ShapeConfig, layer: number): ModelTensor[] {
  const { hidden_size: hidden, intermediate_size: feedForward } = config;
  const kvWidth = (hidden / config.num_attention_heads) * config.num_key_value_heads;
  const residual = 1 / Math.sqrt(2 * config.num_hidden_layers);
  const tensor = (name: string, ggufName: string, shape: readonly number[], deviation: number): ModelTensor => ({
    name: `model.layers.${layer}.${name}`,
    ggufName: `blk.${layer}.${ggufName}`,
    shape,
    deviation,
  });
  const gain = (name: string, ggufName: string) => tensor(`${name}.weight`, `${ggufName}.weight`, [hidden], 0);
  const matrix = (name: string, ggufName: string, rows: number, width: number, scale = 1) =>
    tensor(`${name}.weight`, `${ggufName}.weight`, [rows, width], scale / Math.sqrt(width));
  const biases =
    config.model_type !== "qwen2"
      ? []
      : ([
          ["q", hidden],
          ["k", kvWidth],
          ["v", kvWidth],
        ] as const);
  return [
    gain("input_layernorm", "attn_norm"),
    matrix("self_attn.q_proj", "attn_q", hidden, hidden),
    matrix("self_attn.k_proj", "attn_k", kvWidth, hidden),
    matrix("self_attn.v_proj", "attn_v", kvWidth, hidden),
    ...biases.map(([one, width]) => tensor(`self_attn.${one}_proj.bias`, `attn_${one}.bias`, [width], 0.02)),
    matrix("self_attn.o_proj", "attn_output", hidden, hidden, residual),
    gain("post_attention_layernorm", "ffn_norm"),
    matrix("mlp.gate_proj", "ffn_gate", feedForward, hidden),
    matrix("mlp.up_proj", "ffn_up", feedForward, hidden),
    matrix("mlp.down_proj", "ffn_down", hidden, feedForward, residual),
  ];
}

export function entriesOf({ shape }: Pick<ModelTensor, "shape">): number {
  return shape.reduce((product, size) => product * size, 1);
}
