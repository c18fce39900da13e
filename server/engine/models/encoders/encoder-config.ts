import { demandOneOf, ENCODER_ARCHITECTURES, type EncoderName, positive, type RawModelConfig, whole } from "@/server/engine/models/config";
import { NONLINEARITIES, type NonlinearityName } from "./nonlinearity";

type Common = {
  readonly architecture: EncoderName;
  readonly vocab: number;
  readonly dModel: number;
  readonly numLayers: number;
  readonly heads: number;
  readonly dHead: number;
  readonly dFeedForward: number;
  /** Most tokens of one row. */
  readonly contextLength: number;
  /** Rows of the table of positions. */
  readonly numPositions: number;
  /** Kinds of segments that a token may belong to; 0 where the model does not use segments. */
  readonly typeVocab: number;
  readonly padId: number;
  readonly normEpsilon: number;
  readonly activation: NonlinearityName;
  /** Of the checkpoint's own task: classes, or 1 for a regression. */
  readonly numLabels: number;
  /** Last parts of the module names that carry an adapter by default. */
  readonly defaultTargets: readonly string[];
};

export type BertConfig = Common & { readonly family: "bert"; readonly architecture: "bert" | "roberta" };

export type DebertaConfig = Common & {
  readonly family: "deberta-v2";
  /** Whether embeddings of absolute positions are added to the input. */
  readonly hasPositions: boolean;
  /** Whether attention has terms of relative positions, and which: from a query's content, from a key's content. */
  readonly contentToPosition: boolean;
  readonly positionToContent: boolean;
  /** Attention scores are divided by √(scoreTerms · dHead). */
  readonly scoreTerms: number;
  /** Whether relative positions are projected by the content's own query and key modules. */
  readonly sharesProjections: boolean;
  /** Rows of the table of relative positions. */
  readonly numRelative: number;
  /** Distances beyond half so many fall together, ever more of them; 0 where each has its own. */
  readonly positionBuckets: number;
  readonly maxDistance: number;
  readonly normalisesRelative: boolean;
  readonly poolerActivation: NonlinearityName;
};

export type EncoderConfig = BertConfig | DebertaConfig;

/**
 * Reads the keys of an encoder's `config.json` that the forward pass depends on.
 *
 * @throws Error naming the key, when the architecture or one of its variants is not supported or a number is missing
 */
export function parseEncoderConfig(raw: RawModelConfig): EncoderConfig {
  const architecture = ENCODER_ARCHITECTURES.find((name) => name === raw["model_type"]);
  if (architecture === undefined) {
    throw new Error(
      `config.json: model_type ${JSON.stringify(raw["model_type"])} is not a supported encoder; supported are ${ENCODER_ARCHITECTURES.join(", ")}`,
    );
  }
  demandTask(raw);
  return architecture === "deberta-v2" ? parseDeberta(raw) : parseBert(raw, architecture);
}

function parseBert(raw: RawModelConfig, architecture: "bert" | "roberta"): BertConfig {
  demandOneOf(raw, "position_embedding_type", "absolute", ["absolute"]);
  for (const key of ["is_decoder", "add_cross_attention"]) {
    if (raw[key] === true) throw new Error(`config.json: ${key} is true, which is not supported`);
  }
  const numPositions = whole(raw, "max_position_embeddings");
  const padId = wholeFromZero(raw, "pad_token_id", architecture === "roberta" ? 1 : 0);
  return {
    ...common(raw, 1e-12),
    family: "bert",
    architecture,
    numPositions,
    padId,
    typeVocab: wholeFromZero(raw, "type_vocab_size", 2),
    // RoBERTa counts positions from the padding's id on.
    contextLength: architecture === "roberta" ? numPositions - padId - 1 : numPositions,
    defaultTargets: ["query", "value"],
  };
}

function parseDeberta(raw: RawModelConfig): DebertaConfig {
  if (raw["conv_kernel_size"] != null && raw["conv_kernel_size"] !== 0) {
    throw new Error(`config.json: conv_kernel_size ${JSON.stringify(raw["conv_kernel_size"])} is not supported; supported is 0`);
  }
  const sizes = common(raw, 1e-7);
  for (const key of ["embedding_size", "pooler_hidden_size"]) {
    if (raw[key] != null && raw[key] !== sizes.dModel) {
      throw new Error(`config.json: ${key} ${JSON.stringify(raw[key])} is not supported where hidden_size is ${sizes.dModel}`);
    }
  }
  if (raw["attention_head_size"] != null && raw["attention_head_size"] !== sizes.dHead) {
    throw new Error(`config.json: attention_head_size ${JSON.stringify(raw["attention_head_size"])} is not supported; ${sizes.dHead} is`);
  }
  const numPositions = whole(raw, "max_position_embeddings");
  const isRelative = raw["relative_attention"] === true;
  const terms = positionTerms(raw);
  const norms = listed(raw, "norm_rel_ebd", ["none", "layer_norm"]);
  const positionBuckets = Math.max(0, Number(raw["position_buckets"] ?? -1));
  const maxDistance = Number(raw["max_relative_positions"] ?? -1) < 1 ? numPositions : whole(raw, "max_relative_positions");
  if (!Number.isInteger(positionBuckets) || positionBuckets === 1) {
    throw new Error(
      `config.json: position_buckets ${JSON.stringify(raw["position_buckets"])} is not supported; −1, 0 and whole numbers from 2 are`,
    );
  }
  return {
    ...sizes,
    family: "deberta-v2",
    architecture: "deberta-v2",
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
    poolerActivation: nonlinearity(raw, "pooler_hidden_act"),
    defaultTargets: ["query_proj", "value_proj"],
  };
}

/** The kinds of relative attention, each once. */
function positionTerms(raw: RawModelConfig): string[] {
  return [...new Set(listed(raw, "pos_att_type", ["c2p", "p2c"]))];
}

/** Words of a list, or of a string that joins them by "|", as older files have it. */
function listed(raw: RawModelConfig, key: string, supported: readonly string[]): string[] {
  const value = raw[key] ?? [];
  const words: unknown[] = typeof value === "string" ? value.toLowerCase().split("|") : Array.isArray(value) ? value : [value];
  return words
    .map((word) => String(word).trim())
    .filter((word) => word !== "")
    .map((word) => {
      if (!supported.includes(word)) {
        throw new Error(`config.json: ${key} ${JSON.stringify(word)} is not supported; supported are ${supported.join(", ")}`);
      }
      return word;
    });
}

function common(raw: RawModelConfig, normEpsilon: number) {
  const dModel = whole(raw, "hidden_size");
  const heads = whole(raw, "num_attention_heads");
  if (dModel % heads !== 0) throw new Error(`config.json: hidden_size ${dModel} is not a multiple of num_attention_heads ${heads}`);
  return {
    vocab: whole(raw, "vocab_size"),
    dModel,
    numLayers: whole(raw, "num_hidden_layers"),
    heads,
    dHead: dModel / heads,
    dFeedForward: whole(raw, "intermediate_size"),
    normEpsilon: positive(raw, "layer_norm_eps", normEpsilon),
    activation: nonlinearity(raw, "hidden_act"),
    numLabels: labelsOf(raw),
  };
}

function nonlinearity(raw: RawModelConfig, key: string): NonlinearityName {
  const value = raw[key] ?? "gelu";
  const found = NONLINEARITIES.find((name) => name === value);
  if (found !== undefined) return found;
  throw new Error(`config.json: ${key} ${JSON.stringify(value)} is not supported; supported are ${NONLINEARITIES.join(", ")}`);
}

/** transformers writes the labels' names; two where nothing is said. */
function labelsOf(raw: RawModelConfig): number {
  const names = raw["id2label"];
  if (typeof names === "object" && names !== null) return Object.keys(names).length;
  return raw["num_labels"] == null ? 2 : whole(raw, "num_labels");
}

/** A head for something else than whole rows would be taken for one of rows, or fall away unseen. */
function demandTask(raw: RawModelConfig): void {
  const names: unknown[] = Array.isArray(raw["architectures"]) ? raw["architectures"] : [];
  const other = names.find((name) =>
    /For(?:TokenClassification|MultipleChoice|QuestionAnswering|NextSentencePrediction)$/.test(String(name)),
  );
  if (other !== undefined) {
    throw new Error(
      `config.json: architectures names ${JSON.stringify(other)}, whose head is not supported; a model for sequence classification, for masked language modelling or a bare encoder is`,
    );
  }
  if (raw["problem_type"] === "multi_label_classification") {
    throw new Error(
      'config.json: problem_type "multi_label_classification" is not supported; single_label_classification and regression are',
    );
  }
}

function wholeFromZero(raw: RawModelConfig, key: string, standard: number): number {
  const value = raw[key] ?? standard;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0) {
    throw new Error(`config.json: ${key} must be a whole number from 0, and is ${JSON.stringify(value)}`);
  }
  return value;
}
