import type { NonlinearityName } from "./nonlinearity-names";
import type { RotarySettings } from "./rotary-settings";

/** Whole names of a decoder's modules outside its blocks, and of the list of blocks. */
type OuterNames = {
  readonly embedding: string;
  /** The embedding of absolute positions, where the architecture has one. */
  readonly positions?: string;
  readonly layers: string;
  readonly finalNorm: string;
  readonly head: string;
};

/** Names of a block's modules within it, by what they do. */
type BlockNames = { readonly attentionOutput: string; readonly down: string };

type NormedNames = OuterNames &
  BlockNames & {
    /** Norms of what attention and the MLP read; an architecture has only those norms of a block that it names. */
    readonly attentionNorm?: string;
    readonly mlpNorm?: string;
    /** Norms of what they add to the residual stream. */
    readonly attentionOutputNorm?: string;
    readonly mlpOutputNorm?: string;
    /** Norms of queries and keys, before they are rotated. */
    readonly queryNorm?: string;
    readonly keyNorm?: string;
    /** The router of a layer with experts and the list of them, each with a gate, an up and a down of its own. */
    readonly router?: string;
    readonly experts?: string;
  };

type GatedNames = NormedNames & {
  readonly q: string;
  readonly k: string;
  readonly v: string;
  readonly gate: string;
  readonly up: string;
};

type JoinedNames = NormedNames & { readonly qkv: string; readonly gateUp: string };

type FusedNames = OuterNames &
  BlockNames & { readonly attentionNorm: string; readonly mlpNorm: string; readonly qkv: string; readonly up: string };

type Layout<Blocks, Names> = {
  readonly blocks: Blocks;
  readonly names: Names;
  /** Whether linear weights are stored (dIn, dOut), as GPT-2's Conv1D has them. */
  readonly storesByInput: boolean;
};

/** Separate projections for queries, keys and values, and a gated MLP. */
export type GatedLayout = Layout<"gated", GatedNames>;
/** One projection for queries, keys and values, and one for gate and up of a gated MLP. */
export type JoinedLayout = Layout<"joined", JoinedNames>;
/** One projection for queries, keys and values, and a plain MLP. */
export type FusedLayout = Layout<"fused", FusedNames>;

export type DecoderRole = keyof GatedNames | keyof JoinedNames | keyof FusedNames;

type Common = {
  readonly vocab: number;
  readonly dModel: number;
  readonly numLayers: number;
  readonly heads: number;
  /** Heads of keys and values; `heads / kvHeads` queries share one. */
  readonly kvHeads: number;
  readonly dHead: number;
  /** What queries are multiplied by before they meet keys: dHead^−½ in most architectures. */
  readonly queryScale: number;
  readonly dFeedForward: number;
  /** Most tokens of one sequence. */
  readonly contextLength: number;
  readonly normEpsilon: number;
  readonly tieWordEmbeddings: boolean;
};

/** MLPs side by side, of which each token passes through a few. */
export type ExpertSettings = {
  readonly count: number;
  /** How many a token passes through: the likeliest by its router. */
  readonly perToken: number;
  readonly dFeedForward: number;
  /** Whether the weights of a token's experts are made to sum to 1. */
  readonly isNormalised: boolean;
};

/** How one layer attends. */
export type LayerAttention = {
  /** How many tokens a token sees, itself the last of them; undefined where it sees all before it. */
  readonly window: number | undefined;
  /** Which of the model's rotary settings turns its queries and keys; undefined where positions are left out. */
  readonly rotary: number | undefined;
};

/** The function that a gated MLP's gate passes through. */
export type GateActivation = "silu" | "gelu-tanh";

/** What most blocks of this kind leave as it is (`PLAIN_BLOCKS`). */
export type BlockSettings = {
  readonly gateActivation: GateActivation;
  /** Added to the weights of all norms as they are read: 1 where files hold w of a norm that multiplies by 1 + w. */
  readonly normOffset: 0 | 1;
  /** What embeddings are multiplied by; rounded to bfloat16 where the model runs in it. */
  readonly embeddingScale: number;
  /** Attention scores s become cap · tanh(s / cap) before the mask; undefined where they stay. */
  readonly scoreCap: number | undefined;
  /** The same for the logits. */
  readonly logitCap: number | undefined;
};

type GatedSettings = BlockSettings & {
  /** Whether queries and keys are normed head by head, all heads of a token together, or not at all. */
  readonly queryKeyNorm: "none" | "perHead" | "whole";
  /** Each kind of rotary embedding that some layer has. */
  readonly rotary: readonly RotarySettings[];
  /** One for each layer. */
  readonly layerAttention: readonly LayerAttention[];
};

/** Blocks with RMS norms, rotary positions, separate projections and a gated MLP. */
export type GatedConfig = Common &
  GatedLayout &
  GatedSettings & {
    readonly hasQkvBias: boolean;
    readonly hasOutputBias: boolean;
    readonly hasMlpBias: boolean;
    /** By layer: undefined where it has one gated MLP. */
    readonly experts: readonly (ExpertSettings | undefined)[];
  };

/** The same with joined projections, without biases or experts. Queries and keys are not normed. */
export type JoinedConfig = Common & JoinedLayout & GatedSettings;

export const PLAIN_BLOCKS: BlockSettings = {
  gateActivation: "silu",
  normOffset: 0,
  embeddingScale: 1,
  scoreCap: undefined,
  logitCap: undefined,
};

/** Blocks with layer norms, one projection for queries, keys and values, and a plain MLP with biases. */
export type FusedConfig = Common &
  FusedLayout & {
    /** How the joined projection's outputs lie: all queries, then keys, then values; or head by head, each with its three. */
    readonly qkvLayout: "thirds" | "byHead";
    readonly hasAttentionBias: boolean;
    /** Undefined where positions are embedded. */
    readonly rotary: RotarySettings | undefined;
    /** Whether the MLP reads what attention has added to the residual stream, or the block's own input. */
    readonly residual: "sequential" | "parallel";
    readonly activation: NonlinearityName;
  };

/** What the forward pass of a decoder depends on. */
export type DecoderConfig = GatedConfig | JoinedConfig | FusedConfig;
