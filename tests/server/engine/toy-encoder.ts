import type { RawModelConfig } from "@/lib/contract/architectures/config-keys";
import { Random } from "@/lib/numbers/random";
import type { AnsweredBatch } from "@/server/engine/models/encoders/classification-model";
import type { TextBatch } from "@/server/engine/models/encoders/encoder-batch";
import { loadEncoder } from "@/server/engine/models/encoders/load-encoder";
import type { FrozenDtype, WeightSource } from "@/server/engine/models/weights";
import { classAnswers } from "@/server/engine/tasks/classification/class-answers";

const sizes = {
  vocab_size: 23,
  hidden_size: 12,
  num_hidden_layers: 2,
  num_attention_heads: 3,
  intermediate_size: 14,
  max_position_embeddings: 19,
  layer_norm_eps: 1e-5,
  id2label: { 0: "a", 1: "b", 2: "c", 3: "d", 4: "e" },
};

/** Configurations whose sizes are distinct, so that a swapped axis shows. */
export const toyEncoderConfigs = {
  bert: { ...sizes, model_type: "bert", type_vocab_size: 2 },
  roberta: { ...sizes, model_type: "roberta", type_vocab_size: 1, pad_token_id: 1 },
  "deberta-v2": {
    ...sizes,
    model_type: "deberta-v2",
    type_vocab_size: 0,
    relative_attention: true,
    position_buckets: 4,
    norm_rel_ebd: "layer_norm",
    share_att_key: true,
    pos_att_type: ["c2p", "p2c"],
    position_biased_input: false,
  },
} satisfies Record<string, RawModelConfig>;

export type ToyEncoderName = keyof typeof toyEncoderConfigs;

/** Random weights as a model for sequence classification with five labels has them. */
export function toyEncoderWeights(name: ToyEncoderName, seed = 1): WeightSource {
  const shapes = toyShapes(name);
  const names = [...shapes.keys()];
  const shape = (wanted: string) => {
    const found = shapes.get(wanted);
    if (found === undefined) throw new Error(`no weight ${wanted}`);
    return found;
  };
  return {
    names: () => names,
    shape,
    read(wanted) {
      const random = new Random(seed * 1000 + names.indexOf(wanted));
      const isNorm = wanted.endsWith("LayerNorm.weight");
      const deviation = shape(wanted).length === 1 ? 0.2 : 0.4;
      const length = shape(wanted).reduce((size, side) => size * side, 1);
      return Float32Array.from({ length }, () => (isNorm ? 1 : 0) + deviation * random.nextNormal());
    },
  };
}

/** The same under other names: `rename` gives null for a tensor that is left out. */
export function renamedWeights(source: WeightSource, rename: (name: string) => string | null): WeightSource {
  const known = new Map<string, string>();
  for (const name of source.names()) {
    const other = rename(name);
    if (other !== null) known.set(other, name);
  }
  const own = (name: string) => {
    const found = known.get(name);
    if (found === undefined) throw new Error(`no weight ${name}`);
    return found;
  };
  return { names: () => [...known.keys()], shape: (name) => source.shape(own(name)), read: (name) => source.read(own(name)) };
}

export function loadToyEncoder(name: ToyEncoderName, dtype: FrozenDtype = "float32") {
  return loadEncoder(toyEncoderConfigs[name], toyEncoderWeights(name), dtype);
}

/** Three rows of unequal length, padded on the right, with labels below five. */
export function toyEncoderBatch(seed = 5): AnsweredBatch & TextBatch {
  const random = new Random(seed);
  const [rows, tokens] = [3, 11];
  const lengths = [11, 7, 2];
  const attentionMask = Int32Array.from({ length: rows * tokens }, (_, at) =>
    at % tokens < (lengths[Math.floor(at / tokens)] ?? 0) ? 1 : 0,
  );
  const ids = attentionMask.map((real) => (real === 1 ? 2 + random.nextBelow(21) : 1));
  return { ids, attentionMask, rows, tokens, answers: classAnswers(Int32Array.of(4, 0, 2)) };
}

function toyShapes(name: ToyEncoderName): Map<string, readonly number[]> {
  const isDeberta = name === "deberta-v2";
  const prefix = isDeberta ? "deberta" : name;
  const shapes = new Map<string, readonly number[]>([[`${prefix}.embeddings.word_embeddings.weight`, [23, 12]]]);
  const linear = (module: string, dIn: number, dOut: number) => {
    shapes.set(`${module}.weight`, [dOut, dIn]);
    shapes.set(`${module}.bias`, [dOut]);
  };
  const norm = (module: string) => {
    shapes.set(`${module}.weight`, [12]);
    shapes.set(`${module}.bias`, [12]);
  };
  norm(`${prefix}.embeddings.LayerNorm`);
  if (isDeberta) {
    shapes.set("deberta.encoder.rel_embeddings.weight", [8, 12]);
    norm("deberta.encoder.LayerNorm");
  } else {
    shapes.set(`${prefix}.embeddings.position_embeddings.weight`, [19, 12]);
    shapes.set(`${prefix}.embeddings.token_type_embeddings.weight`, [name === "bert" ? 2 : 1, 12]);
  }
  for (const layer of [0, 1]) {
    const block = `${prefix}.encoder.layer.${layer}`;
    for (const input of ["query", "key", "value"]) linear(`${block}.attention.self.${input}${isDeberta ? "_proj" : ""}`, 12, 12);
    linear(`${block}.attention.output.dense`, 12, 12);
    norm(`${block}.attention.output.LayerNorm`);
    linear(`${block}.intermediate.dense`, 12, 14);
    linear(`${block}.output.dense`, 14, 12);
    norm(`${block}.output.LayerNorm`);
  }
  if (name === "bert") linear("bert.pooler.dense", 12, 12);
  if (isDeberta) linear("pooler.dense", 12, 12);
  if (name === "roberta") {
    linear("classifier.dense", 12, 12);
    linear("classifier.out_proj", 12, 5);
  } else linear("classifier", 12, 5);
  return shapes;
}
