import type { KeyValueCache, RotaryTables } from "@/server/engine/tensor/attention";
import type { KeyBounds } from "@/server/engine/tensor/key-bounds";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { Projection } from "./projection";
import type { Gradients, HookPass, ProjectionHooks } from "./projection-hook";
import type { Unembedding } from "./unembedding";
import type { FrozenDtype } from "./weights";

/** Rotary tables of a pass; the factor on queries rides in the queries' own. */
export type Rotary = { readonly query: RotaryTables; readonly key: RotaryTables };

/** What all blocks share in one pass over `rows` sequences of `tokens` each. */
export type BlockPass = {
  readonly rows: number;
  readonly tokens: number;
  readonly hooks: ProjectionHooks | undefined;
  readonly hookPass: HookPass;
  /** One for each kind of rotary embedding that the model has. */
  readonly rotary: readonly Rotary[];
  /** Which keys each query sees, by window within the row. */
  readonly bounds: ReadonlyMap<number | undefined, KeyBounds>;
  /** Called with each block's keys and values, (rows, tokens, kvHeads, dHead), as attention reads them. */
  readonly onKeysValues: ((layer: number, keys: Tensor, values: Tensor) => void) | undefined;
};

/** What all blocks share in one step of `rows` sequences, one token each. */
export type StepPass = {
  readonly rows: number;
  readonly hooks: ProjectionHooks | undefined;
  readonly hookPass: HookPass;
  readonly rotary: readonly Rotary[];
  /** By row: the cache of each block. */
  readonly caches: readonly (readonly KeyValueCache[])[];
  readonly dtype: FrozenDtype;
};

/** One transformer block over frozen weights; hidden states are (rows · tokens, dModel). */
export type Block<Saved> = {
  readonly layer: number;
  /** How many tokens a token sees, itself the last of them; undefined where it sees all before it. */
  readonly window: number | undefined;
  /** In the order of computation. */
  readonly projections: readonly Projection[];
  /** `saved` holds what `backward` reads; whoever calls frees it. */
  forward(x: Tensor, pass: BlockPass): { y: Tensor; saved: Saved };
  /** Adds the adapters' gradients to `gradients`; gives the input's gradient when it is needed. */
  backward(dy: Tensor, saved: Saved, pass: BlockPass, needsInput: boolean, gradients: Gradients): Tensor | undefined;
  /** One new token a row: x (rows, dModel) → (rows, dModel); keys and values go into the caches. */
  step(x: Tensor, pass: StepPass): Tensor;
};

/** What an architecture gives to the shared causal model. */
export type CausalArchitecture<Saved> = {
  readonly blocks: readonly Block<Saved>[];
  readonly kvHeads: number;
  readonly dHead: number;
  /** (n, dModel) of token ids, with learned positions where the architecture has them */
  embed(ids: Int32Array, positions: Int32Array): Tensor;
  /**
   * One for each kind of rotary embedding; none where positions are learned.
   *
   * @param contexts how many tokens the text of each position may have, or the one number for all of them
   */
  rotary(positions: Int32Array, contexts: Int32Array | number): readonly Rotary[];
  finalNorm(x: Tensor): { y: Tensor; saved: unknown; backward(dy: Tensor): Tensor };
  readonly unembedding: Unembedding;
};
