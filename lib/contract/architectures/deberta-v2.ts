import type { EncoderArchitecture } from "./architecture";
import { oneOf, type RawModelConfig, whole, wholeFromZero } from "./config-keys";
import { BERT_NAMES, type DebertaConfig, type EncoderNames } from "./encoder-config";
import { encoderSizes } from "./encoder-keys";
import { NONLINEARITIES } from "./nonlinearity-names";

const names: EncoderNames = {
  prefix: "deberta",
  inner: {
    ...BERT_NAMES,
    query: "attention.self.query_proj",
    key: "attention.self.key_proj",
    value: "attention.self.value_proj",
  },
  pooler: "pooler.dense",
  dense: undefined,
  scores: "classifier",
};

const relativeNames: DebertaConfig["relativeNames"] = {
  table: "encoder.rel_embeddings",
  norm: "encoder.LayerNorm",
  key: "attention.self.pos_key_proj",
  query: "attention.self.pos_query_proj",
};

/** DeBERTa-v2 and -v3: attention with terms of relative positions. */
export const debertaV2: EncoderArchitecture = {
  kind: "encoder",
  defaultTargets: ["query_proj", "value_proj"],
  residualWriters: [],
  names,
  parse(raw): DebertaConfig {
    if (raw["conv_kernel_size"] != null && raw["conv_kernel_size"] !== 0) {
      throw new Error(`config.json: conv_kernel_size ${JSON.stringify(raw["conv_kernel_size"])} is not supported; supported: 0`);
    }
    const sizes = encoderSizes(raw, 1e-7);
    for (const key of ["embedding_size", "pooler_hidden_size"]) {
      if (raw[key] != null && raw[key] !== sizes.dModel) {
        throw new Error(`config.json: ${key} ${JSON.stringify(raw[key])} is not supported where hidden_size is ${sizes.dModel}`);
      }
    }
    if (raw["attention_head_size"] != null && raw["attention_head_size"] !== sizes.dHead) {
      throw new Error(
        `config.json: attention_head_size ${JSON.stringify(raw["attention_head_size"])} is not supported; supported: ${sizes.dHead}`,
      );
    }
    const numPositions = whole(raw, "max_position_embeddings");
    const isRelative = raw["relative_attention"] === true;
    const terms = positionTerms(raw);
    const norms = listed(raw, "norm_rel_ebd", ["none", "layer_norm"]);
    const positionBuckets = Math.max(0, Number(raw["position_buckets"] ?? -1));
    const maxDistance = Number(raw["max_relative_positions"] ?? -1) < 1 ? numPositions : whole(raw, "max_relative_positions");
    if (!Number.isInteger(positionBuckets) || positionBuckets === 1) {
      throw new Error(
        `config.json: position_buckets ${JSON.stringify(raw["position_buckets"])} is not supported; supported: −1, 0 and whole numbers from 2`,
      );
    }
    return {
      ...sizes,
      family: "deberta-v2",
      names,
      relativeNames,
      numPositions,
      contextLength: numPositions,
      padId: wholeFromZero(raw, "pad_token_id", 0),
      typeVocab: wholeFromZero(raw, "type_vocab_size", 0),
      hasPositions: raw["position_biased_input"] !== false,
      contentToPosition: isRelative && terms.includes("c2p"),
      positionToContent: isRelative && terms.includes("p2c"),
      scoreTerms: 1 + terms.length,
      sharesProjections: raw["share_att_key"] === true,
      numRelative: isRelative ? 2 * (positionBuckets > 0 ? positionBuckets : maxDistance) : 0,
      positionBuckets,
      maxDistance,
      normalisesRelative: isRelative && norms.includes("layer_norm"),
      poolerActivation: oneOf(raw, "pooler_hidden_act", "gelu", NONLINEARITIES),
    };
  },
};

/** The kinds of relative attention, each once. */
function positionTerms(raw: RawModelConfig): string[] {
  return [...new Set(listed(raw, "pos_att_type", ["c2p", "p2c"]))];
}

/** Words of a list, or of a string that joins them by "|", as older files have it. */
function listed(raw: RawModelConfig, key: string, supported: readonly string[]): string[] {
  const value = raw[key] ?? [];
  const words: unknown[] = typeof value === "string" ? value.toLowerCase().split("|") : Array.isArray(value) ? value : [value];
  return words
    .map((word) => (typeof word === "string" ? word.trim() : word))
    .filter((word) => word !== "")
    .map((word) => {
      const found = supported.find((name) => name === word);
      if (found !== undefined) return found;
      throw new Error(`config.json: ${key} ${JSON.stringify(word)} is not supported; supported: ${supported.join(", ")}`);
    });
}
