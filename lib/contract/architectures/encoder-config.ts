import type { NonlinearityName } from "./nonlinearity-names";

/** Names of modules in an encoder's model for sequence classification. */
export type EncoderNames = {
  /** What stands before the names of the encoder's own modules. */
  readonly prefix: string;
  readonly inner: InnerNames;
  /** The dense layer between the first token's state and the scores, frozen where a checkpoint has it; undefined where the head has one of its own. */
  readonly pooler: string | undefined;
  /** The head's own dense layer. */
  readonly dense: string | undefined;
  /** The last linear layer, (numLabels, dModel). */
  readonly scores: string;
};

/** Names within the prefix, and of a block's modules within the block. */
type InnerNames = {
  readonly wordEmbedding: string;
  readonly positionEmbedding: string;
  readonly typeEmbedding: string;
  readonly embeddingNorm: string;
  readonly layers: string;
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly attentionOutput: string;
  readonly attentionNorm: string;
  readonly up: string;
  readonly down: string;
  readonly mlpNorm: string;
};

/** As BERT names them; those that came after it do so too. */
export const BERT_NAMES: InnerNames = {
  wordEmbedding: "embeddings.word_embeddings",
  positionEmbedding: "embeddings.position_embeddings",
  typeEmbedding: "embeddings.token_type_embeddings",
  embeddingNorm: "embeddings.LayerNorm",
  layers: "encoder.layer",
  query: "attention.self.query",
  key: "attention.self.key",
  value: "attention.self.value",
  attentionOutput: "attention.output.dense",
  attentionNorm: "attention.output.LayerNorm",
  up: "intermediate.dense",
  down: "output.dense",
  mlpNorm: "output.LayerNorm",
};

/** Names that only relative attention has: the table and its norm within the prefix, its projections within a block. */
type RelativeNames = { readonly table: string; readonly norm: string; readonly key: string; readonly query: string };

type Common = {
  readonly names: EncoderNames;
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
  /** Kinds of segments that a token may belong to; 0 where the model does not tell them apart. */
  readonly typeVocab: number;
  readonly padId: number;
  readonly normEpsilon: number;
  readonly activation: NonlinearityName;
  /** Between the dense layer and the scores. */
  readonly poolerActivation: NonlinearityName;
  /** Of the checkpoint's own task: classes, or 1 for a regression. */
  readonly numLabels: number;
};

export type BertConfig = Common & {
  readonly family: "bert";
  /** Positions count from 0, or from the padding's id + 1 on, tokens of that id not counted. */
  readonly positionsFrom: "zero" | "padId";
};

export type DebertaConfig = Common & {
  readonly family: "deberta-v2";
  readonly relativeNames: RelativeNames;
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
};

/** What the forward pass of an encoder depends on. */
export type EncoderVariant = BertConfig | DebertaConfig;
