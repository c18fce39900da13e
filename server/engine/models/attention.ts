import type { LayerAttention } from "@/lib/contract/architectures/decoder-config";
import { multiply, scale } from "@/server/engine/tensor/arithmetic";
import { attendStep, causalSoftmax, maskedSoftmax, rotary, rotaryAttendStep, softmaxGrad } from "@/server/engine/tensor/attention";
import { reshape, transpose } from "@/server/engine/tensor/layout";
import { batchMatmul } from "@/server/engine/tensor/products";
import { softCap, softCapGrad } from "@/server/engine/tensor/soft-cap";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { BlockPass, PaddingMask, Rotary, StepPass } from "./block";

/** Heads of an attention; `heads / kvHeads` queries share one key head. */
export type HeadShape = {
  readonly heads: number;
  readonly kvHeads: number;
  readonly dHead: number;
  /** What queries are multiplied by; rotary tables of queries have it in them. */
  readonly queryScale: number;
  /** Soft cap of the scores, before the mask; absent where they are not capped. */
  readonly scoreCap?: number | undefined;
};

/** What the attention of a layer does with its queries, keys and values. */
export type AttentionForm = HeadShape & LayerAttention;

/** As attention read them: q (rows, kvHeads, group · tokens, dHead), k and v (rows, kvHeads, tokens, dHead), p the weights. */
export type SavedAttention = { readonly q: Tensor; readonly k: Tensor; readonly v: Tensor; readonly p: Tensor };

/** Which of the three gradients are needed. */
export type AttentionNeeds = { readonly q: boolean; readonly k: boolean; readonly v: boolean };

/**
 * Causal attention of q (n, heads · dHead) to k and v (n, kvHeads · dHead), n = rows · tokens. Queries that share a key
 * head are laid one below the other, so that keys and values are never repeated.
 *
 * @returns mixed (n, heads · dHead)
 */
export function attend(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  shape: AttentionForm,
  pass: BlockPass,
  layer: number,
): { mixed: Tensor; saved: SavedAttention } {
  const { rows, tokens } = pass;
  const { heads, kvHeads, dHead } = shape;
  const queries = groupQueries(turn(byToken(q, heads, dHead, pass), pass, "query", "forward", shape), shape, pass);
  const keys = transpose(turn(byToken(k, kvHeads, dHead, pass), pass, "key", "forward", shape), [0, 2, 1, 3]);
  const values = transpose(byToken(v, kvHeads, dHead, pass), [0, 2, 1, 3]);
  pass.onKeysValues?.(layer, keys, values);
  const scores = reshape(scoresOf(queries, keys, shape), [rows, heads, tokens, tokens]);
  const window = windowWithin(shape.window, tokens);
  const mask = pass.masks.get(window);
  const weights = mask === undefined ? causalSoftmax(scores, window) : maskedWeights(scores, mask, shape);
  const p = reshape(weights, [rows, kvHeads, (heads / kvHeads) * tokens, tokens]);
  return { mixed: ungroup(batchMatmul(p, values), shape, pass), saved: { q: queries, k: keys, v: values, p } };
}

/** The gradients of `attend` by its inputs, in their shapes. */
export function attendBackward(
  dMixed: Tensor,
  { q, k, v, p }: SavedAttention,
  shape: AttentionForm,
  pass: BlockPass,
  needs: AttentionNeeds,
): { dQ: Tensor | undefined; dK: Tensor | undefined; dV: Tensor | undefined } {
  const { heads, kvHeads, dHead } = shape;
  const n = pass.rows * pass.tokens;
  const dHeads = groupQueries(byToken(dMixed, heads, dHead, pass), shape, pass);
  const dV = needs.v ? reshape(transpose(batchMatmul(p, dHeads, { transposeA: true }), [0, 2, 1, 3]), [n, kvHeads * dHead]) : undefined;
  if (!needs.q && !needs.k) return { dQ: undefined, dK: undefined, dV };
  const dScores = scoresGrad(softmaxGrad(p, batchMatmul(dHeads, v, { transposeB: true })), q, k, shape);
  const dQ = needs.q
    ? reshape(turn(byToken(ungroup(batchMatmul(dScores, k), shape, pass), heads, dHead, pass), pass, "query", "backward", shape), [
        n,
        heads * dHead,
      ])
    : undefined;
  const dK = needs.k
    ? reshape(turn(transpose(batchMatmul(dScores, q, { transposeA: true }), [0, 2, 1, 3]), pass, "key", "backward", shape), [
        n,
        kvHeads * dHead,
      ])
    : undefined;
  return { dQ, dK, dV };
}

/** One new token a row: q (rows, heads · dHead), k and v (rows, kvHeads · dHead) → (rows, heads · dHead). */
export function attendOneToken(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { heads, kvHeads, dHead, queryScale, scoreCap, rotary: table }: AttentionForm,
  pass: StepPass,
  layer: number,
): Tensor {
  const { rows } = pass;
  const { positions } = pass.hookPass;
  const caches = pass.caches.map((cachesOfRow) => {
    const cache = cachesOfRow[layer];
    if (cache === undefined) throw new RangeError(`a sequence has no cache for layer ${layer}`);
    return cache;
  });
  if (table !== undefined) return rotaryAttendStep(q, k, v, tablesOf(pass, table), caches, positions, scoreCap);
  const [keys, values] = [k, v].map((x) => reshape(x, [rows, kvHeads, dHead])) as [Tensor, Tensor];
  return attendStep(reshape(scale(q, queryScale), [rows, heads, dHead]), keys, values, caches, Array.from(positions), scoreCap);
}

function scoresOf(queries: Tensor, keys: Tensor, { scoreCap }: HeadShape): Tensor {
  const scores = batchMatmul(queries, keys, { transposeB: true });
  return scoreCap === undefined ? scores : softCap(scores, scoreCap);
}

/** The gradient by scores before their cap. They are computed again: kept, they would be as large as the weights of all heads. */
function scoresGrad(dScores: Tensor, queries: Tensor, keys: Tensor, shape: HeadShape): Tensor {
  const { scoreCap } = shape;
  return scoreCap === undefined ? dScores : softCapGrad(scoresOf(queries, keys, shape), scoreCap, dScores);
}

/**
 * Padding that sees nothing attends to nothing or, where scores are capped, to all tokens equally, as the two implementations of attention
 * in transformers do. No real token depends on it.
 */
function maskedWeights(scores: Tensor, { bias, seesAny }: PaddingMask, { scoreCap }: HeadShape): Tensor {
  const weights = maskedSoftmax(scores, bias);
  return seesAny === undefined || scoreCap !== undefined ? weights : multiply(weights, seesAny);
}

/** A window as it acts on a row: one that is no shorter than the row hides nothing. */
export function windowWithin(window: number | undefined, tokens: number): number | undefined {
  return window === undefined || window >= tokens ? undefined : window;
}

function tablesOf({ rotary }: Pick<BlockPass, "rotary">, table: number): Rotary {
  const found = rotary[table];
  if (found === undefined) throw new RangeError(`a layer asks for rotary table ${table} of ${rotary.length}`);
  return found;
}

type Rows = { readonly rows: number; readonly tokens: number };

function byToken(x: Tensor, heads: number, dHead: number, { rows, tokens }: Rows): Tensor {
  return reshape(x, [rows, tokens, heads, dHead]);
}

/** Rotates queries and keys where the layer does, and scales queries; both are their own transposes. */
function turn(
  x: Tensor,
  pass: Pick<BlockPass, "rotary">,
  which: "query" | "key",
  direction: "forward" | "backward",
  { queryScale, rotary: table }: AttentionForm,
): Tensor {
  if (table !== undefined) return rotary(x, tablesOf(pass, table)[which], direction);
  return which === "query" ? scale(x, queryScale) : x;
}

/** (rows, tokens, heads, dHead) → (rows, kvHeads, group · tokens, dHead) */
function groupQueries(x: Tensor, { heads, kvHeads, dHead }: HeadShape, { rows, tokens }: Rows): Tensor {
  const group = heads / kvHeads;
  const byGroup = transpose(reshape(x, [rows, tokens, kvHeads, group, dHead]), [0, 2, 3, 1, 4]);
  return reshape(byGroup, [rows, kvHeads, group * tokens, dHead]);
}

/** (rows, kvHeads, group · tokens, dHead) → (rows · tokens, heads · dHead) */
function ungroup(x: Tensor, { heads, kvHeads, dHead }: HeadShape, { rows, tokens }: Rows): Tensor {
  const group = heads / kvHeads;
  const byToken = transpose(reshape(x, [rows, kvHeads, group, tokens, dHead]), [0, 3, 1, 2, 4]);
  return reshape(byToken, [rows * tokens, heads * dHead]);
}
