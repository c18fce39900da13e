import type { StepUpdate } from "@/server/engine/tensor/step-updates";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { FrozenDtype } from "./weights";

/** Which tokens pass through a projection: `rows` sequences of `tokens` each, row after row. */
export type HookPass = {
  readonly rows: number;
  readonly tokens: number;
  /** (rows · tokens) token ids, padding included; absent where positions hold none, as those of an image. */
  readonly ids?: Int32Array | undefined;
  /** (rows · tokens) place of each token in its sequence, padding not counted; of relative positions, their rows of the table. */
  readonly positions: Int32Array;
  /** (rows · tokens) where each token's text begins in its row, where texts share rows. */
  readonly starts?: Int32Array | undefined;
  /** (rows) how many tokens of each sequence are its prompt; a token at this position or later was generated. */
  readonly promptLengths: Int32Array;
  /** (rows) the time step that a diffusion model is told of each row; absent in all other models. */
  readonly timesteps?: Float32Array | undefined;
  /**
   * How adapters read their matrices: float32, but in one-token steps of a model that decodes in bfloat16, where reading is
   * what bounds a wide adapter. A latent at the edge of those kept may then give way to its neighbour.
   */
  readonly adapterDtype?: FrozenDtype | undefined;
  /** Whether products with a wide adapter may be computed from two bfloat16 in place of each float: where the frozen weights are in bfloat16. */
  readonly splits?: boolean | undefined;
  /**
   * What stands in the rows, tokens when absent. An encoder's pooler reads the first token of each row alone; DeBERTa's
   * attention also projects the embeddings of relative positions, one row of them for the whole batch, which are no tokens and
   * take no part in statistics. Of a language model that reads images, the modules below it read the images of the batch, a row each.
   */
  readonly reads?: "tokens" | "firstTokens" | "relativePositions" | "images" | undefined;
  /** (rows) of a pass over images: which text of the batch each belongs to. */
  readonly texts?: Int32Array | undefined;
  /** Whether the same rows passed before in this step and the block is computed again in the backward pass: what observes a step has seen them. */
  readonly isRepeated?: boolean | undefined;
};

/** Gradients by the parameter's key: the module's name, a dot, the part's letter (`model.layers.0.self_attn.q_proj.E`). */
export type Gradients = Map<string, Tensor>;

/** A projection's output with the adapter's update, and the backward pass. */
export type Adaptation = {
  /** (tokens, dOut) */
  readonly output: Tensor;
  /** What `backward` reads besides the projection's input; freed by whoever called `forward`. */
  readonly saved: unknown;
  /**
   * Adds the gradients of the adapter's parameters to `gradients`.
   *
   * @param dOutput (tokens, dOut)
   * @param needsInput whether anything below needs the input's gradient
   * @returns the update's part of the input's gradient, (tokens, dIn), when it is needed
   * @throws Error from a hook that is for running only
   */
  backward(dOutput: Tensor, needsInput: boolean, gradients: Gradients): Tensor | undefined;
  /**
   * The gradient of the frozen output that was adapted, (tokens, dOut), of dOutput: dOutput itself when absent. Undefined comes from an adaptation that
   * does not read the frozen output.
   */
  readonly baseGradient?: ((dOutput: Tensor) => Tensor | undefined) | undefined;
};

/** What one adapted projection does. A model asks it at each pass and knows nothing else of adapters. */
export type ProjectionHook = {
  /**
   * @param x (tokens, dIn), the projection's input
   * @param base (tokens, dOut), the frozen projection's output, bias included; anything where the hook does not read it
   */
  forward(x: Tensor, base: Tensor, pass: HookPass): Adaptation;
  /** False where the output hangs on the input alone: a frozen product is then not computed. True when absent. */
  readonly readsBase?: boolean | undefined;
  /** What `forward` adds in a step, for a kernel that computes the product too; undefined, as when absent, where `forward` is to be called. */
  inStep?(pass: HookPass): readonly StepUpdate[] | undefined;
};

/** The hooks of a whole model. */
export type ProjectionHooks = {
  /** The hook of a module by its full name, undefined where the module is left as it is. */
  at(module: string): ProjectionHook | undefined;
};
