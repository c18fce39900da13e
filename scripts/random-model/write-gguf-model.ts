import { blockFormats } from "@/lib/numbers/blocks/block-formats";
import { writeFileAtomically } from "@/server/files/atomic-write";
import { type GgufKey, ggufHead } from "@/tests/support/gguf-writer";
import { entriesOf, type ModelTensor, modelTensors } from "./model-tensors";
import { ggufTokenizerKeys } from "./padded-tokenizer";
import { type BlockName, bytesOf, randomBytes } from "./random-values";
import type { ShapeConfig } from "./shapes";

type Laid = ModelTensor & { readonly form: "F32" | BlockName; readonly seed: number };

/** A GGUF file with matrices in blocks (Q4_0 where rows are no whole blocks of the format) and vectors in float32. */
export function writeGgufModel(output: string, config: ShapeConfig, format: BlockName, seed: number): void {
  const tensors = modelTensors(config).map((tensor, at): Laid => ({ ...tensor, form: formOf(tensor, format), seed: 1000 * seed + at }));
  writeFileAtomically(output, fileBytes(config, tensors));
}

function formOf({ shape }: ModelTensor, format: BlockName): Laid["form"] {
  const [, width] = shape;
  if (width === undefined) return "F32";
  return width % blockFormats[format].blockValues === 0 ? format : "Q4_0";
}

function* fileBytes(config: ShapeConfig, tensors: readonly Laid[]): Generator<Uint8Array> {
  const factors = rotaryFactors(config);
  const named = tensors.map(({ ggufName, shape, form }) => ({
    name: ggufName,
    dimensions: [...shape].reverse(),
    type: form === "F32" ? 0 : blockFormats[form].number,
    sizeBytes: bytesOf(form, entriesOf({ shape })),
  }));
  const table = { name: "rope_freqs.weight", dimensions: [factors.length], type: 0, sizeBytes: factors.byteLength };
  yield ggufHead({ keys: keysOf(config), tensors: factors.length === 0 ? named : [...named, table] });
  for (const tensor of tensors) yield* aligned(randomBytes(tensor, tensor.form, tensor.seed));
  yield* aligned([new Uint8Array(factors.buffer)]);
}

function* aligned(parts: Iterable<Uint8Array>): Generator<Uint8Array> {
  let size = 0;
  for (const part of parts) {
    size += part.length;
    yield part;
  }
  yield new Uint8Array(-size & 31);
}

function keysOf(config: ShapeConfig): GgufKey[] {
  const { model_type: name, hidden_size, num_attention_heads } = config;
  return [
    ["general.architecture", name],
    [`${name}.block_count`, config.num_hidden_layers],
    [`${name}.context_length`, config.max_position_embeddings],
    [`${name}.embedding_length`, hidden_size],
    [`${name}.feed_forward_length`, config.intermediate_size],
    [`${name}.attention.head_count`, num_attention_heads],
    [`${name}.attention.head_count_kv`, config.num_key_value_heads],
    [`${name}.attention.layer_norm_rms_epsilon`, config.rms_norm_eps],
    [`${name}.rope.dimension_count`, hidden_size / num_attention_heads],
    [`${name}.rope.freq_base`, config.rope_theta],
    ...ggufTokenizerKeys(config.vocab_size),
  ];
}

/** What Llama 3.1 divides each rotary frequency by, as llama.cpp's converter writes it; empty without scaling. */
function rotaryFactors({ hidden_size, num_attention_heads, rope_theta, rope_scaling }: ShapeConfig): Float32Array {
  if (rope_scaling === undefined) return new Float32Array(0);
  const value = (key: string) => Number(rope_scaling[key]);
  const [factor, low, high] = [value("factor"), value("low_freq_factor"), value("high_freq_factor")];
  const original = value("original_max_position_embeddings");
  const dHead = hidden_size / num_attention_heads;
  return Float32Array.from({ length: dHead / 2 }, (_, at) => {
    const wavelength = 2 * Math.PI * rope_theta ** ((2 * at) / dHead);
    if (wavelength < original / high) return 1;
    if (wavelength > original / low) return factor;
    const smooth = (original / wavelength - low) / (high - low);
    return 1 / ((1 - smooth) / factor + smooth);
  });
}
