import type { NonlinearityName } from "@/lib/contract/architectures/nonlinearity-names";

/** Names of a vision encoder's modules in its model for image classification, as the live model of transformers 5 has them. */
export type VisionNames = {
  /** What stands before the names of the encoder's own modules. */
  readonly prefix: string;
  /** Tensors within the prefix; undefined where the model has none. */
  readonly classToken: string | undefined;
  readonly registers: string | undefined;
  readonly positions: string;
  /** Whether these are stored as tokens of one image, (1, n, dModel), rather than as a vector and a table. */
  readonly hasBatchAxis: boolean;
  /** Modules within the prefix. */
  readonly patches: string;
  /** The norm before the first block, and the one after the last; undefined where there is none. */
  readonly firstNorm: string | undefined;
  readonly finalNorm: string | undefined;
  readonly layers: string;
  /** Modules within a block. */
  readonly inner: VisionBlockNames;
  /** The last linear layer, outside the prefix. */
  readonly scores: string;
};

type VisionBlockNames = {
  readonly attentionNorm: string;
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly attentionOutput: string;
  readonly mlpNorm: string;
  /** What a gated feed-forward part has besides. */
  readonly gate: string | undefined;
  readonly up: string;
  readonly down: string;
  /** Vectors that the outputs of attention and of the feed-forward part are multiplied by; undefined where there are none. */
  readonly scales: { readonly attention: string; readonly mlp: string } | undefined;
};

/** Height and width, in pixels or patches. */
export type GridSize = { readonly height: number; readonly width: number };

/** What a head reads: the class token's state, the mean of the patches' states, or both one after the other. */
export type PooledPart = "class" | "patches";

/** What the forward pass of a vision encoder depends on. */
export type VisionConfig = {
  readonly family: "vision";
  readonly names: VisionNames;
  /** Pixels of the images that the positions are for, and of a patch. */
  readonly imageSize: GridSize;
  readonly patchSize: GridSize;
  readonly channels: number;
  readonly dModel: number;
  readonly numLayers: number;
  readonly heads: number;
  readonly dHead: number;
  readonly dFeedForward: number;
  readonly normEpsilon: number;
  /** Of a feed-forward part without a gate; gated ones have SiLU. */
  readonly activation: NonlinearityName;
  readonly hasPatchBias: boolean;
  /** Whether queries, keys and values have biases. */
  readonly hasInputBias: boolean;
  /** Tokens after the class token that stand for no patch and have no position. */
  readonly numRegisters: number;
  /** For images of another size: whether positions are interpolated unasked, and by which kernel. */
  readonly interpolatesUnasked: boolean;
  readonly interpolation: "bicubic" | "bicubicAntialiased";
  readonly pooled: readonly PooledPart[];
  /** Of the checkpoint's own task: classes, or 1 for a regression. */
  readonly numLabels: number;
};

/** How many patches of an image are whole. */
export function patchGrid({ height, width }: GridSize, { patchSize }: Pick<VisionConfig, "patchSize">): GridSize {
  return { height: Math.floor(height / patchSize.height), width: Math.floor(width / patchSize.width) };
}

/** How many tokens stand before the patches. */
export function tokensBeforePatches({ names, numRegisters }: Pick<VisionConfig, "names" | "numRegisters">): number {
  return (names.classToken === undefined ? 0 : 1) + numRegisters;
}
