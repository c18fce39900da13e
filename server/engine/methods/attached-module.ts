import type { HookPass, ProjectionHook } from "@/server/engine/models/projection-hook";
import type { FrozenDtype } from "@/server/engine/models/weights";
import type { RowRange, StepWeights } from "@/server/engine/tensor/adapter-step";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { Activations, HostActivations, TokenActivations } from "./activations";
import type { AdapterModule, AdapterTensors } from "./adapter-module";
import type { DropoutDraw } from "./dropout";
import type { Parameter } from "./parameter";
import type { Products } from "./products";

/** What a latent reads with (rows of E, of LoRA's A) or writes with (columns of D, of LoRA's B, of DoRA's g ⊙ B). */
export type VectorSide = "encoder" | "decoder";

/** Called with the kept latents of a pass, (tokens, k), when a module has run; −1 in the place of one where a token keeps fewer than others. */
export type KeptObserver = (module: AdapterModule, indices: Int32Array, pass: HookPass) => void;

/** What a training hook is told beside its input. */
export type TrainingOptions = {
  /** Of the module among the adapter's. */
  readonly place: number;
  readonly onKept: KeptObserver | undefined;
  /** What dropout is drawn by, needed where the module has it. */
  readonly draw: DropoutDraw | undefined;
  /** (tokens) of a pass over whole rows: 0 for padding, which takes no part in a selection over a batch. */
  readonly attentionMask?: Int32Array | undefined;
};

/** What edits ask of the selection at one token: latents that are out of the running, and latents that are kept whatever their rank. */
export type Ruling = { readonly masked: ReadonlySet<number>; readonly forced: readonly number[] };

/** How a method selects latents, for edits of the selection. */
export type LatentSelection = {
  /** Before the selection, (tokens, numLatents); the same product as within `read`. */
  preActivations(x: Tensor, products: Products): Tensor;
  keep(preActivations: Tensor): Activations;
  /** Whether the next latent takes the slot of one that is masked, and one that is forced in takes another's. */
  readonly refills: boolean;
  /**
   * What is kept of the tokens at which a ruling changes it; nothing of the others.
   *
   * @param before what is kept without edits
   * @param rulings by token
   */
  reselect(preActivations: Tensor, before: HostActivations, rulings: ReadonlyMap<number, Ruling>): ReadonlyMap<number, TokenActivations>;
};

/** What an update adds to the frozen output ahead of any latent, as DoRA's magnitudes do. */
export type Rescaling = {
  /** Of the projection's output (tokens, dOut), bias included. */
  of(base: Tensor): Tensor;
  /** The input's gradient of what it adds: dy (tokens, dOut) → (tokens, dIn) */
  inputGradient(dy: Tensor): Tensor;
};

/**
 * A module with its trained parameters, and what its method does there. Callers use these operations and never ask which method it is. A latent's
 * contribution to the update is scaling · activation · its decoder column.
 */
export type AttachedModule = {
  readonly module: AdapterModule;
  /** By part, in a fixed order. */
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** The update with its gradients. @throws Error where dropout has nothing to be drawn by */
  trainingHook(options: TrainingOptions): ProjectionHook;
  /** Whether training selects latents over a pass as a whole; false when absent. */
  readonly selectsOverBatch?: boolean;
  /** Learns from a whole step what no gradient tells; absent where there is nothing. To be called when the parameters are updated. */
  readonly endStep?: () => void;
  /** Activations of x (tokens, dIn). */
  read(x: Tensor, products: Products): Activations;
  /** The update (tokens, dOut) that activations times the module's scaling write. */
  write(scaled: Activations, products: Products): Tensor;
  /**
   * One token a row by one operation, to the last bit what `read` and `write` give; the rows outside of `rows` as they are.
   *
   * @param x (rows, dIn), of all rows of the step; base (rows, dOut)
   */
  step(x: Tensor, base: Tensor, dtype: FrozenDtype, rows: RowRange): Tensor;
  /**
   * What `step` computes with, for a kernel that does more than that; absent where none does. The same object as long as its tensors are the same:
   * what is made of it for a kernel is kept beside it.
   */
  stepWeights?(dtype: FrozenDtype): StepWeights;
  /** Undefined where an update is the sum of its latents' contributions. */
  readonly rescaling: Rescaling | undefined;
  /** Undefined where all latents are kept. */
  readonly selection: LatentSelection | undefined;
  /** Decoder column · g of each entry, (tokens, width), with g (tokens, dOut). */
  along(activations: Activations, g: Tensor): Tensor;
  /** ∂L/∂x by way of the latents, (tokens, dIn), of ∂L/∂a of each entry, (tokens, width). */
  throughLatents(activations: Activations, slopes: Tensor): Tensor;
  /** By latent, (numLatents, dIn) or (numLatents, dOut); to be read within a scope, which frees what was made for it. */
  vectors(side: VectorSide): Tensor;
  /** Of each latent's decoder column; the scaling, equal for the whole module, is left out. */
  decoderNorms(): Float32Array;
  toDevice(activations: HostActivations): Activations;
  /** As PEFT orients them. */
  stored(): AdapterTensors;
  /** Beside the parameters: what was made of them to run. */
  heldBytes(): number;
  /** Frees it; the parameters release themselves. */
  release(): void;
};
