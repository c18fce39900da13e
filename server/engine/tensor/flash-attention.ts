import { usesOwnKernels } from "./backend";
import { chunkedAttention, chunkedAttentionGrad } from "./chunked-attention";
import { constant, createTensor, executeMany, index, NO_ATTRIBUTES } from "./execute";
import type { AttentionFactors, KeyBounds } from "./key-bounds";
import { reshape } from "./layout";
import { tidy } from "./scope";
import type { Tensor } from "./tensor";

/** What the backward pass reads. As large as the queries, but for the keys and values; the weights of attention are computed again. */
export type SavedFlash = {
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
  readonly mixed: Tensor;
  /** (rows, heads, queries, 2) of each query's softmax the largest score and one over the sum; the twin has none. */
  readonly softmaxes: Tensor | undefined;
};

/**
 * softmax(scale · q kᵀ) v where each query sees its own interval of keys, without tokens × tokens: FlashAttention-2 (Dao 2023). The softmax goes
 * over tiles of keys, so memory grows with the tokens alone, and tiles that no query sees cost nothing. Query heads share
 * key heads in groups of `heads / kvHeads`.
 *
 * @param q (rows, queries, heads, dHead)
 * @param k and `v`: (rows, tokens, kvHeads, dHead)
 * @returns mixed, as q; zeros for a query that sees no key
 * @throws RangeError when the shapes do not fit
 */
export function flashAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  bounds: KeyBounds,
  factors: AttentionFactors,
): { mixed: Tensor; saved: SavedFlash } {
  demandAttention(q, k, v, bounds);
  if (!usesOwnKernels() || bounds.hidden !== undefined) {
    const mixed = chunkedAttention(q, k, v, bounds, factors);
    return { mixed, saved: { q, k, v, mixed, softmaxes: undefined } };
  }
  const inputs = [q, k, v, bounds.tensor, factorsOf(factors)];
  const [mixed, softmaxes] = executeMany("StanscopeFlashAttention", NO_ATTRIBUTES, inputs, 2) as [Tensor, Tensor];
  return { mixed, saved: { q, k, v, mixed, softmaxes } };
}

/** The gradients of `flashAttention` by q, k and v, in their shapes; those that are needed. */
export function flashAttentionGrad(
  dMixed: Tensor,
  { q, k, v, mixed, softmaxes }: SavedFlash,
  bounds: KeyBounds,
  factors: AttentionFactors,
  needs: { readonly q: boolean; readonly k: boolean; readonly v: boolean },
): { dQ: Tensor | undefined; dK: Tensor | undefined; dV: Tensor | undefined } {
  if (softmaxes === undefined) return chunkedAttentionGrad(dMixed, { q, k, v }, bounds, factors, needs);
  return tidy(() => {
    const wanted = index((needs.q ? 1 : 0) + (needs.k ? 2 : 0) + (needs.v ? 4 : 0));
    const inputs = [q, k, v, bounds.tensor, factorsOf(factors), mixed, softmaxes, reshape(dMixed, q.shape), wanted];
    const [dQ, dK, dV] = executeMany("StanscopeFlashAttentionGrad", NO_ATTRIBUTES, inputs, 3) as [Tensor, Tensor, Tensor];
    return { dQ: needs.q ? dQ : undefined, dK: needs.k ? dK : undefined, dV: needs.v ? dV : undefined };
  });
}

function factorsOf({ scale, cap = 0 }: AttentionFactors): Tensor {
  return constant(`attention${scale},${cap}`, () => createTensor(Float32Array.of(scale, cap), [2]));
}

function demandAttention(q: Tensor, k: Tensor, v: Tensor, { tensor, hidden }: KeyBounds): void {
  const [rows = 0, queries, heads = 0, dHead] = q.shape;
  const [keyRows, tokens = 0, kvHeads = 0, dKey] = k.shape;
  const [boundRows = 0, bounded] = tensor.shape;
  const fits = q.shape.length === 4 && rows === keyRows && dHead === dKey && heads % kvHeads === 0 && k.shape.join() === v.shape.join();
  const isBounded = bounded === queries && (boundRows === 1 || boundRows === rows);
  if (fits && isBounded && (hidden === undefined || hidden.length === rows * tokens)) return;
  throw new RangeError(`flashAttention: q [${q.shape}], k [${k.shape}], v [${v.shape}] and bounds [${tensor.shape}] do not fit`);
}
