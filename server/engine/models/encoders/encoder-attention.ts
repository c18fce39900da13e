import { add, softmaxLast } from "@/server/engine/tensor/arithmetic";
import { softmaxGrad } from "@/server/engine/tensor/attention";
import { reshape, transpose } from "@/server/engine/tensor/layout";
import { batchMatmul } from "@/server/engine/tensor/products";
import { free, tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";

type Rows = { readonly rows: number; readonly tokens: number };

/** As attention read them, (heads, rows, tokens, dHead), queries scaled; p (heads, rows, tokens, tokens) the weights. */
export type SavedMixture = { readonly q: Tensor; readonly k: Tensor; readonly v: Tensor; readonly p: Tensor };

/** (rows · tokens, heads · dHead) → (heads, rows, tokens, dHead) */
export function byHead(x: Tensor, heads: number, { rows, tokens }: Rows): Tensor {
  return tidy(() => transpose(reshape(x, [rows, tokens, heads, (x.shape[1] ?? 0) / heads]), [2, 0, 1, 3]));
}

/** (heads, rows, tokens, dHead) → (rows · tokens, heads · dHead) */
export function byToken(x: Tensor): Tensor {
  const [heads = 0, rows = 0, tokens = 0, dHead = 0] = x.shape;
  return tidy(() => reshape(transpose(x, [1, 2, 0, 3]), [rows * tokens, heads * dHead]));
}

/**
 * Attention in which every token sees all real ones of its row.
 *
 * @param q (heads, rows, tokens, dHead), scaled; so are k and v
 * @param terms (heads, rows, tokens, tokens) each, to be added to the scores, as is the bias, which broadcasts
 * @returns mixed (rows · tokens, heads · dHead)
 */
export function mix(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  terms: readonly Tensor[],
  bias: Tensor | undefined,
): { mixed: Tensor; saved: SavedMixture } {
  return tidy(() => {
    let scores = batchMatmul(q, k, { transposeB: true });
    for (const term of [...terms, ...(bias === undefined ? [] : [bias])]) {
      const sum = add(scores, term);
      free(scores);
      scores = sum;
    }
    const p = softmaxLast(scores);
    return { mixed: byToken(batchMatmul(p, v)), saved: { q, k, v, p } };
  });
}

/**
 * The gradients of `mix`, (heads, rows, tokens, dHead) each; that of the scores is a term's own.
 *
 * @param needsScores whether anything that the scores come from is learned
 */
export function mixBackward(
  dMixed: Tensor,
  { q, k, v, p }: SavedMixture,
  needsScores: boolean,
): { dV: Tensor; scores: { dScores: Tensor; dQ: Tensor; dK: Tensor } | undefined } {
  return tidy(() => {
    const [heads = 0, rows = 0, tokens = 0] = p.shape;
    const dHeads = byHead(dMixed, heads, { rows, tokens });
    const dV = batchMatmul(p, dHeads, { transposeA: true });
    if (!needsScores) return { dV, scores: undefined };
    const dScores = softmaxGrad(p, batchMatmul(dHeads, v, { transposeB: true }));
    return { dV, scores: { dScores, dQ: batchMatmul(dScores, k), dK: batchMatmul(dScores, q, { transposeA: true }) } };
  });
}
