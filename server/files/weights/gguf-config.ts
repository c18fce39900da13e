import { FileError } from "@/server/files/file-error";
import type { GgufFile } from "./gguf";
import type { GgufValue } from "./gguf-cursor";
import type { RawModelConfig } from "./model-config";

const architectures = ["llama", "qwen2", "gpt2"] as const;

/**
 * The `config.json` that a GGUF file's metadata stands for.
 *
 * @throws FileError for an architecture that is not read, and naming a key that is missing or of the wrong type
 */
export function ggufConfig(file: GgufFile): RawModelConfig {
  const read = metadataReader(file);
  const architecture = read.text("general.architecture");
  switch (architecture) {
    case "llama":
    case "qwen2":
      return llamaConfig(file, architecture, read);
    case "gpt2":
      return gpt2Config(file, read);
    default:
      throw new FileError(
        "invalid",
        file.path,
        `has the architecture "${architecture}"; of GGUF files ${architectures.join(", ")} are read`,
      );
  }
}

function llamaConfig(file: GgufFile, architecture: "llama" | "qwen2", read: MetadataReader): RawModelConfig {
  if (file.names().includes("rope_freqs.weight")) {
    throw new FileError(
      "invalid",
      file.path,
      "scales rotary frequencies one by one (rope_freqs.weight, Llama 3.1); take the safetensors checkpoint of this model",
    );
  }
  const heads = read.number(`${architecture}.attention.head_count`);
  const width = read.number(`${architecture}.embedding_length`);
  const headWidth = read.number(`${architecture}.attention.key_length`, width / heads);
  if (read.number(`${architecture}.rope.dimension_count`, headWidth) !== headWidth) {
    throw new FileError("invalid", file.path, "rotates only a part of each head (rope.dimension_count), which is not supported");
  }
  return {
    architectures: [architecture === "llama" ? "LlamaForCausalLM" : "Qwen2ForCausalLM"],
    model_type: architecture,
    hidden_act: "silu",
    hidden_size: width,
    intermediate_size: read.number(`${architecture}.feed_forward_length`),
    num_hidden_layers: read.number(`${architecture}.block_count`),
    num_attention_heads: heads,
    num_key_value_heads: read.number(`${architecture}.attention.head_count_kv`, heads),
    head_dim: headWidth,
    max_position_embeddings: read.number(`${architecture}.context_length`),
    rms_norm_eps: shortest(read.number(`${architecture}.attention.layer_norm_rms_epsilon`)),
    rope_parameters: ropeParameters(file, architecture, read),
    attention_bias: file.names().includes("blk.0.attn_q.bias"),
    ...vocabulary(file),
    ...specialTokens(file),
  };
}

function ropeParameters(file: GgufFile, architecture: string, read: MetadataReader): Record<string, unknown> {
  const rope_theta = shortest(read.number(`${architecture}.rope.freq_base`, 10000));
  const type = read.text(`${architecture}.rope.scaling.type`, "none");
  if (type === "none") return { rope_type: "default", rope_theta };
  if (type === "linear") return { rope_type: "linear", rope_theta, factor: read.number(`${architecture}.rope.scaling.factor`) };
  throw new FileError("invalid", file.path, `scales rotary positions by "${type}"; none and linear are supported`);
}

function gpt2Config(file: GgufFile, read: MetadataReader): RawModelConfig {
  return {
    architectures: ["GPT2LMHeadModel"],
    model_type: "gpt2",
    activation_function: "gelu_new",
    n_embd: read.number("gpt2.embedding_length"),
    n_head: read.number("gpt2.attention.head_count"),
    n_layer: read.number("gpt2.block_count"),
    n_inner: read.number("gpt2.feed_forward_length"),
    n_positions: read.number("gpt2.context_length"),
    layer_norm_epsilon: shortest(read.number("gpt2.attention.layer_norm_epsilon")),
    ...vocabulary(file),
    ...specialTokens(file),
  };
}

/** The embedding has a row for each token; without an output matrix it is tied. */
function vocabulary(file: GgufFile): { vocab_size: number; tie_word_embeddings: boolean } {
  const [vocab_size = 0] = file.shape("token_embd.weight");
  return { vocab_size, tie_word_embeddings: !file.names().includes("output.weight") };
}

function specialTokens(file: GgufFile): Record<string, number> {
  const ids: Record<string, number> = {};
  for (const [key, name] of Object.entries({ bos_token_id: "bos", eos_token_id: "eos", pad_token_id: "padding" })) {
    const id = file.metadata.get(`tokenizer.ggml.${name}_token_id`);
    if (typeof id === "number") ids[key] = id;
  }
  return ids;
}

/** GGUF stores float32; 1e-5 comes out as 0.000009999999747378752. Seven digits name the same float32. */
function shortest(value: number): number {
  const short = Number(value.toPrecision(7));
  return Math.fround(short) === value ? short : value;
}

type MetadataReader = {
  text(key: string, fallback?: string): string;
  number(key: string, fallback?: number): number;
};

function metadataReader(file: GgufFile): MetadataReader {
  const value = (key: string, fallback: GgufValue | undefined): GgufValue => {
    const found = file.metadata.get(key) ?? fallback;
    if (found === undefined) throw new FileError("invalid", file.path, `lacks the key "${key}"`);
    return found;
  };
  const wrong = (key: string, found: GgufValue, expected: string): FileError =>
    new FileError("invalid", file.path, `key "${key}" is ${JSON.stringify(found).slice(0, 60)}; ${expected} was expected`);
  return {
    text(key, fallback) {
      const found = value(key, fallback);
      if (typeof found !== "string") throw wrong(key, found, "a text");
      return found;
    },
    number(key, fallback) {
      const found = value(key, fallback);
      if (typeof found !== "number" || !Number.isFinite(found)) throw wrong(key, found, "a number");
      return found;
    },
  };
}
