import { FileError } from "@/server/files/file-error";
import type { GgufFile } from "./gguf";
import { entryCount, type WeightSource } from "./weight-source";

/** How one GGUF tensor becomes the Hugging Face one. */
type Conversion =
  | { kind: "same" }
  /** llama.cpp interleaves the two halves of each rotary head in the rows of q and k. */
  | { kind: "rotaryRows"; heads: number }
  /** GPT-2's Conv1D weights are (in, out) at Hugging Face, (out, in) here. */
  | { kind: "transposed" };

type Renamed = { readonly source: string; readonly conversion: Conversion };

/** @param config what {@link ggufConfig} made of the file's metadata */
export function ggufWeights(file: GgufFile, config: { model_type: string; [key: string]: unknown }): WeightSource {
  const tensors = new Map<string, Renamed>();
  for (const source of file.names()) {
    const name = config.model_type === "gpt2" ? gpt2Name(source) : llamaName(source);
    if (name === undefined)
      throw new FileError("invalid", file.path, `tensor "${source}" is not one of the architecture ${config.model_type}`);
    tensors.set(name, { source, conversion: conversionOf(source, config) });
  }
  const tensor = (name: string): Renamed => {
    const found = tensors.get(name);
    if (found === undefined) throw new FileError("invalid", file.path, `holds no tensor for "${name}"`);
    return found;
  };
  return {
    names: () => [...tensors.keys()],
    shape(name) {
      const { source, conversion } = tensor(name);
      const shape = file.shape(source);
      return conversion.kind === "transposed" ? [...shape].reverse() : shape;
    },
    dtype: (name) => file.dtype(tensor(name).source),
    read(name) {
      const { source, conversion } = tensor(name);
      const values = file.read(source);
      switch (conversion.kind) {
        case "same":
          return values;
        case "rotaryRows":
          return separateRotaryHalves(values, file.shape(source), conversion.heads);
        case "transposed":
          return transposed(values, file.shape(source));
      }
    },
    close: () => file.close(),
  };
}

/**
 * Undoes llama.cpp's interleaving: within each head of `d` rows, file row 2i + s is row s·d/2 + i.
 *
 * @param shape (heads · d, dIn), or (heads · d) for a bias
 */
export function separateRotaryHalves(values: Float32Array, shape: readonly number[], heads: number): Float32Array {
  const rows = shape[0] ?? 0;
  const width = entryCount(shape.slice(1));
  const headRows = rows / heads;
  const half = headRows / 2;
  if (!Number.isInteger(half)) throw new RangeError(`${rows} rows cannot be ${heads} heads of an even width`);
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    const inHead = row % headRows;
    const target = row - inHead + (inHead % 2) * half + (inHead >> 1);
    result.set(values.subarray(row * width, (row + 1) * width), target * width);
  }
  return result;
}

function transposed(values: Float32Array, shape: readonly number[]): Float32Array {
  const [rows = 0, columns = 0] = shape;
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) result[column * rows + row] = values[row * columns + column] as number;
  }
  return result;
}

function conversionOf(source: string, config: { model_type: string; [key: string]: unknown }): Conversion {
  if (config.model_type === "gpt2")
    return /\.(attn_qkv|attn_output|ffn_up|ffn_down)\.weight$/.test(source) ? { kind: "transposed" } : { kind: "same" };
  if (config.model_type !== "llama") return { kind: "same" };
  if (/\.attn_q\.(weight|bias)$/.test(source)) return { kind: "rotaryRows", heads: Number(config["num_attention_heads"]) };
  if (/\.attn_k\.(weight|bias)$/.test(source)) return { kind: "rotaryRows", heads: Number(config["num_key_value_heads"]) };
  return { kind: "same" };
}

const llamaBlockNames: Readonly<Record<string, string>> = {
  attn_norm: "input_layernorm",
  attn_q: "self_attn.q_proj",
  attn_k: "self_attn.k_proj",
  attn_v: "self_attn.v_proj",
  attn_output: "self_attn.o_proj",
  ffn_norm: "post_attention_layernorm",
  ffn_gate: "mlp.gate_proj",
  ffn_up: "mlp.up_proj",
  ffn_down: "mlp.down_proj",
};

const gpt2BlockNames: Readonly<Record<string, string>> = {
  attn_norm: "ln_1",
  attn_qkv: "attn.c_attn",
  attn_output: "attn.c_proj",
  ffn_norm: "ln_2",
  ffn_up: "mlp.c_fc",
  ffn_down: "mlp.c_proj",
};

const llamaOuterNames: Readonly<Record<string, string>> = {
  token_embd: "model.embed_tokens",
  output_norm: "model.norm",
  output: "lm_head",
};

const gpt2OuterNames: Readonly<Record<string, string>> = {
  token_embd: "transformer.wte",
  position_embd: "transformer.wpe",
  output_norm: "transformer.ln_f",
  output: "lm_head",
};

/** Names of llama and qwen2, which share them. */
function llamaName(source: string): string | undefined {
  return renamed(source, "model.layers", llamaBlockNames, llamaOuterNames);
}

function gpt2Name(source: string): string | undefined {
  return renamed(source, "transformer.h", gpt2BlockNames, gpt2OuterNames);
}

function renamed(
  source: string,
  blocks: string,
  blockNames: Readonly<Record<string, string>>,
  outerNames: Readonly<Record<string, string>>,
): string | undefined {
  const [, block, part = "", ending = ""] = /^(?:blk\.(\d+)\.)?(\w+)\.(weight|bias)$/.exec(source) ?? [];
  const name = (block === undefined ? outerNames : blockNames)[part];
  if (name === undefined) return undefined;
  return block === undefined ? `${name}.${ending}` : `${blocks}.${block}.${name}.${ending}`;
}
