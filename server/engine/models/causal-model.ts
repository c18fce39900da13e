import type { ModelConfig } from "@/lib/contract/architectures/parse-model-config";
import type { InParts } from "@/server/engine/tensor/in-parts";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { Batch } from "./batch";
import type { DifferentiateOptions } from "./block-passes";
import type { Images } from "./images";
import type { Projection } from "./projection";
import type { Gradients, ProjectionHooks } from "./projection-hook";
import type { Sequence } from "./sequence";
import type { Unembedding } from "./unembedding";
import type { ImageReader } from "./vision-language/image-reader";
import type { FrozenDtype, FrozenForm } from "./weights";

/** Label of a token that carries no loss. */
export const NO_LABEL = -100;

export type ForwardOptions = {
  readonly hooks?: ProjectionHooks | undefined;
  /** Also give the embedding and every block's output, the last one after the final norm. */
  readonly hiddenStates?: "all" | "none" | undefined;
  /**
   * Whether outputs at padding on the right are to be those of transformers ("masked"), or nobody reads them ("unread"), which
   * spares the mask; real tokens are the same either way. Masked unless told.
   */
  readonly padding?: "masked" | "unread" | undefined;
  /**
   * Stop after the block of this layer: enough for activations, and the final state is not computed. Below 0, where images are read, after what enters
   * the first block of the language model.
   */
  readonly lastLayer?: number | undefined;
  /** Begin with what enters a block of the language model, as an earlier pass over the same batch left it: what is below is not computed again. */
  readonly from?: PassStart | undefined;
};

/** The hidden states (rows · tokens, dModel) that enter the block of `layer`; a pass that begins there does not free them. */
export type PassStart = { readonly layer: number; readonly states: Tensor };

export type ForwardResult = {
  /** (rows · tokens, dModel), after the final norm unless `lastLayer` stopped the pass */
  readonly final: Tensor;
  /** numLayers + 1 tensors (rows · tokens, dModel) when asked for */
  readonly hiddenStates: readonly Tensor[];
};

export type LossAndGradients = {
  /** Sum of the cross-entropies of all labelled tokens, in nats. */
  readonly lossSum: number;
  /** (rows · tokens), as `CausalModel.tokenLosses` gives them. */
  readonly tokenLosses: Float32Array;
  /** Of lossSum · weight, by parameter key; the caller frees them. */
  readonly gradients: Gradients;
};

export type LabelledBatch = Batch & {
  /** (rows · tokens) aligned with the ids as in Hugging Face: the label at a token is predicted from those before it; −100 carries no loss. */
  readonly labels: Int32Array;
};

export type PrefillOptions = {
  readonly hooks?: ProjectionHooks | undefined;
  /** How much of each prompt counts as prompt for the scopes of edits, what follows as generated; all of it when absent. */
  readonly promptLengths?: readonly number[] | undefined;
  /** Those of all prompts, in the order of their image tokens. */
  readonly images?: Images | undefined;
  /** Room of each sequence: prompt and new tokens together. */
  readonly maxTokens: number;
};

/**
 * A frozen decoder-only language model. One copy of its weights serves every adapter: hooks are given with each pass.
 * Tensors that come out belong to the caller.
 */
export type CausalModel = {
  readonly config: ModelConfig;
  readonly frozenForm: FrozenForm;
  readonly projections: readonly Projection[];
  /** How it reads the images of a batch; undefined where it reads texts alone. */
  readonly images: ImageReader | undefined;
  /** Bytes of the frozen weights, with the copies that one-token steps read. */
  readonly bytes: number;
  /** Without those copies. */
  readonly weightBytes: number;
  /** Bytes of keys and values that a sequence takes for each token of its room, at most: a block with a window holds no more than that. */
  readonly cacheBytesPerToken: number;
  /** From the residual stream to the vocabulary. */
  readonly unembedding: Unembedding;
  /** @throws RangeError when the batch does not fit the model, or a pass is to begin beyond its blocks */
  forward(batch: Batch, options?: ForwardOptions): ForwardResult;
  /** final (n, dModel) → (n, vocab) */
  logits(final: Tensor): Tensor;
  /**
   * @param weight what each token's loss is multiplied by in the gradients: 1 / label tokens of the whole optimizer step
   * @throws RangeError when no hook is there to train, or nothing is labelled
   */
  lossAndGradients(batch: LabelledBatch, hooks: ProjectionHooks, weight: number, options?: DifferentiateOptions): LossAndGradients;
  /** Cross-entropy in nats of each labelled token, at the label's own place; NaN where there is no label. */
  tokenLosses(batch: LabelledBatch, hooks?: ProjectionHooks): Float32Array;
  /** The same from final states (rows · tokens, dModel) that a forward pass over the batch gave. */
  tokenLossesOf(final: Tensor, batch: LabelledBatch): Float32Array;
  /** The same passes, which stop after each block and each chunk of the head: whoever runs them lets others work in between. */
  readonly inParts: {
    forward(batch: Batch, options?: ForwardOptions): InParts<ForwardResult>;
    lossAndGradients(
      batch: LabelledBatch,
      hooks: ProjectionHooks,
      weight: number,
      options?: DifferentiateOptions,
    ): InParts<LossAndGradients>;
    tokenLosses(batch: LabelledBatch, hooks?: ProjectionHooks): InParts<Float32Array>;
    tokenLossesOf(final: Tensor, batch: LabelledBatch): InParts<Float32Array>;
  };
  /**
   * The same model over the same weights, whose one-token steps read them in `dtype`; freed with this one. Of a float32 model the copies in bfloat16 are
   * made when they are first read. Where the engine has no bfloat16, or the weights are in it already or packed, this very model.
   */
  decodingIn(dtype: FrozenDtype): CausalModel;
  readonly decodeDtype: FrozenDtype;
  /**
   * The same model over the same weights for texts of up to so many tokens, freed with this one: rotary scaling that depends on the context (dynamic,
   * longrope) is then chosen once, for them all; for more tokens where this model was made for more. Without it a pass chooses by its longest row, as
   * transformers does, and a generation by its room.
   */
  forContext(tokens: number): CausalModel;
  /** Reads prompts into new sequences. @returns logits (prompts, vocab) after each prompt's last token */
  prefill(prompts: readonly Int32Array[], options: PrefillOptions): { sequences: Sequence[]; logits: Tensor };
  /** Reads one more token of each sequence. @returns logits (sequences, vocab) */
  decode(sequences: readonly Sequence[], ids: Int32Array, hooks?: ProjectionHooks): Tensor;
  free(): void;
};
