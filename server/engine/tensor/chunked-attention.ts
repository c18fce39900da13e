import { relu } from "./activations";
import { add, addAll, multiply, scale, softmaxLast, subtract } from "./arithmetic";
import { softmaxGrad } from "./attention";
import { usesTensorflow } from "./backend";
import { fromValues } from "./create";
import type { AttentionFactors, KeyBounds } from "./key-bounds";
import { concat, pad, reshape, slice, transpose } from "./layout";
import { plainSoftmax } from "./plain-softmax";
import { batchMatmul } from "./products";
import { free, tidy } from "./scope";
import { softCap, softCapGrad } from "./soft-cap";
import type { Tensor } from "./tensor";

/** Scores that are held at a time, 64 MB: our choice, large enough to keep a GPU busy. */
const MOST_SCORES = 2 ** 24;

type Inputs = { readonly q: Tensor; readonly k: Tensor; readonly v: Tensor };

/** Queries from…end of all rows and the keys that any of them sees, first…last. */
type Chunk = { readonly from: number; readonly end: number; readonly first: number; readonly last: number };

/** The twin of the flash kernel in plain operations: all scores of a chunk of queries at a time, so that memory is linear here too. */
export function chunkedAttention(q: Tensor, k: Tensor, v: Tensor, bounds: KeyBounds, factors: AttentionFactors): Tensor {
  return tidy(() => {
    const parts = chunksOf(q, k, bounds).map((chunk) =>
      tidy(() => {
        const { weights, sees } = weightsOf(q, k, bounds, factors, chunk);
        const mixed = batchMatmul(weights, keysOf(v, chunk));
        return ungrouped(sees === undefined ? mixed : multiply(mixed, sees), q, chunk);
      }),
    );
    return inTurn(parts);
  });
}

function inTurn(parts: readonly Tensor[]): Tensor {
  return parts.length === 1 ? (parts[0] as Tensor) : concat(parts, 1);
}

/** The gradients of `chunkedAttention`, whose weights are computed again. */
export function chunkedAttentionGrad(
  dMixed: Tensor,
  { q, k, v }: Inputs,
  bounds: KeyBounds,
  factors: AttentionFactors,
  needs: { readonly q: boolean; readonly k: boolean; readonly v: boolean },
): { dQ: Tensor | undefined; dK: Tensor | undefined; dV: Tensor | undefined } {
  return tidy(() => {
    const dQs: Tensor[] = [];
    let dK: Tensor | undefined;
    let dV: Tensor | undefined;
    for (const chunk of chunksOf(q, k, bounds)) {
      const made = tidy(() => {
        const { weights, sees, queries, keys, scores, scaled } = weightsOf(q, k, bounds, factors, chunk);
        const given = groupedQueries(reshape(dMixed, q.shape), k, chunk);
        const dHeads = sees === undefined ? given : multiply(given, sees);
        const dValues = needs.v ? ungroupedKeys(batchMatmul(weights, dHeads, { transposeA: true }), k, chunk) : undefined;
        if (!needs.q && !needs.k) return { dValues };
        const dCapped = softmaxGrad(weights, batchMatmul(dHeads, keysOf(v, chunk), { transposeB: true }));
        const dScores = factors.cap === undefined ? dCapped : softCapGrad(scores, factors.cap, dCapped);
        const dQueries = needs.q ? ungrouped(scaled(batchMatmul(dScores, keys)), q, chunk) : undefined;
        const dKeys = needs.k ? ungroupedKeys(batchMatmul(dScores, queries, { transposeA: true }), k, chunk) : undefined;
        return { dValues, dQueries, dKeys };
      });
      if (made.dQueries !== undefined) dQs.push(made.dQueries);
      dK = sumOf(dK, made.dKeys);
      dV = sumOf(dV, made.dValues);
    }
    return { dQ: needs.q ? inTurn(dQs) : undefined, dK, dV };
  });
}

function sumOf(before: Tensor | undefined, more: Tensor | undefined): Tensor | undefined {
  if (before === undefined || more === undefined) return more ?? before;
  const sum = addAll([before, more]);
  free(before, more);
  return sum;
}

function chunksOf(q: Tensor, k: Tensor, { values }: KeyBounds): Chunk[] {
  const [rows = 0, queries = 0, heads = 0] = q.shape;
  const tokens = k.shape[1] ?? 0;
  const size = Math.max(1, Math.floor(MOST_SCORES / (rows * heads * tokens)));
  return Array.from({ length: Math.ceil(queries / size) }, (_, i) => {
    const [from, end] = [i * size, Math.min(queries, (i + 1) * size)];
    let [first, last] = [tokens, 0];
    for (let at = 0; at < values.length / 2; at++) {
      if (at % queries < from || at % queries >= end) continue;
      const [begins, ends] = [values[2 * at] as number, values[2 * at + 1] as number];
      if (begins < 0) [first, last] = [0, tokens];
      else if (begins < ends) [first, last] = [Math.min(first, begins), Math.max(last, ends)];
    }
    return first < last ? { from, end, first, last } : { from, end, first: 0, last: 1 };
  });
}

/** The weights of a chunk, (rows, kvHeads, group · queries, keys), and what they come from. */
function weightsOf(q: Tensor, k: Tensor, bounds: KeyBounds, { scale: factor, cap }: AttentionFactors, chunk: Chunk) {
  const [rows = 0, , heads = 0] = q.shape;
  const kvHeads = k.shape[2] ?? 1;
  const [queryCount, keyCount] = [chunk.end - chunk.from, chunk.last - chunk.first];
  const grouped = [rows, kvHeads, heads / kvHeads, queryCount, keyCount];
  const { bias, seen, isEven, seesAny } = rulesOf(bounds, chunk, q, k);
  const byQuery = (x: Tensor) =>
    reshape(add(x, fromValues(new Float32Array((heads / kvHeads) * queryCount), [1, heads / kvHeads, queryCount, 1])), [
      x.shape[0] ?? 0,
      1,
      (heads / kvHeads) * queryCount,
      1,
    ]);
  const scales = isEven === undefined ? undefined : scale(byQuery(isEven), factor);
  const scaled = (x: Tensor) => (scales === undefined ? scale(x, factor) : multiply(x, scales));
  const queries = scaled(groupedQueries(q, k, chunk));
  const keys = keysOf(k, chunk);
  const products = batchMatmul(queries, keys, { transposeB: true });
  const scores = cap === undefined ? products : softCap(products, cap);
  const weights =
    usesTensorflow() || bounds.hidden !== undefined
      ? reshape(softmaxLast(add(reshape(scores, grouped), bias())), products.shape)
      : plainSoftmax(scores, seen);
  return { weights, scores, queries, keys, scaled, sees: seesAny === undefined ? undefined : byQuery(seesAny) };
}

/**
 * What the bounds say of a chunk: what is added to its scores, (boundRows, 1, 1, queries, keys), or which of them each row of all heads sees; and for each of its
 * queries, (boundRows, 1, queries, 1), 0 where it sees all alike or none; undefined where no query does.
 */
function rulesOf({ values, tensor, hidden }: KeyBounds, { from, end, first, last }: Chunk, q: Tensor, k: Tensor) {
  const [, queries = 0, heads = 0] = q.shape;
  const boundRows = tensor.shape[0] ?? 1;
  const tokens = k.shape[1] ?? 0;
  const count = end - from;
  const [begins, ends, even, sees] = Array.from({ length: 4 }, () => new Float32Array(boundRows * count)) as [Rule, Rule, Rule, Rule];
  for (let at = 0; at < boundRows * count; at++) {
    const place = 2 * (Math.floor(at / count) * queries + from + (at % count));
    const [begin, stop] = [values[place] as number, values[place + 1] as number];
    const isEven = begin < 0;
    begins[at] = isEven ? 0 : begin;
    ends[at] = isEven ? tokens - 1 : stop - 1;
    even[at] = isEven ? 0 : 1;
    sees[at] = isEven || begin < stop ? 1 : 0;
  }
  function bias(): Tensor {
    const columns = fromValues(
      Float32Array.from({ length: last - first }, (_, i) => first + i),
      [1, 1, 1, 1, last - first],
    );
    const byQuery = (x: Rule) => fromValues(x, [boundRows, 1, 1, count, 1]);
    const outside = add(relu(subtract(byQuery(begins), columns)), relu(subtract(columns, byQuery(ends))));
    const ofQueries = scale(outside, -1e9);
    return hidden === undefined ? ofQueries : add(ofQueries, hiddenBias(hidden, tokens, first, last));
  }
  function seen(row: number): { first: number; end: number } {
    const at = (boundRows === 1 ? 0 : Math.floor(row / (heads * count)) * count) + (row % count);
    return { first: (begins[at] as number) - first, end: (ends[at] as number) + 1 - first };
  }
  const whereAny = (x: Rule) => (x.includes(0) ? fromValues(x, [boundRows, 1, count, 1]) : undefined);
  return { bias, seen, isEven: whereAny(even), seesAny: whereAny(sees) };
}

type Rule = Float32Array<ArrayBuffer>;

function hiddenBias(hidden: Int32Array, tokens: number, first: number, last: number): Tensor {
  const rows = hidden.length / tokens;
  const bias = new Float32Array(rows * (last - first));
  for (let row = 0; row < rows; row++) {
    for (let key = first; key < last; key++) if (hidden[row * tokens + key] === 1) bias[row * (last - first) + key - first] = -1e9;
  }
  return fromValues(bias, [rows, 1, 1, 1, last - first]);
}

/** (rows, queries, heads, dHead) → (rows, kvHeads, group · chunk, dHead) */
function groupedQueries(x: Tensor, k: Tensor, { from, end }: Chunk): Tensor {
  const [rows = 0, , heads = 0, dHead = 0] = x.shape;
  const kvHeads = k.shape[2] ?? 1;
  const group = heads / kvHeads;
  const own = within(x, from, end);
  const byGroup = transpose(reshape(own, [rows, end - from, kvHeads, group, dHead]), [0, 2, 3, 1, 4]);
  return reshape(byGroup, [rows, kvHeads, group * (end - from), dHead]);
}

/** The inverse of `groupedQueries`. */
function ungrouped(x: Tensor, q: Tensor, { from, end }: Chunk): Tensor {
  const [rows = 0, , heads = 0, dHead = 0] = q.shape;
  const kvHeads = x.shape[1] ?? 1;
  const byGroup = reshape(x, [rows, kvHeads, heads / kvHeads, end - from, dHead]);
  return reshape(transpose(byGroup, [0, 3, 1, 2, 4]), [rows, end - from, heads, dHead]);
}

/** (rows, tokens, kvHeads, dHead) → (rows, kvHeads, keys of the chunk, dHead) */
function keysOf(x: Tensor, { first, last }: Chunk): Tensor {
  return transpose(within(x, first, last), [0, 2, 1, 3]);
}

/** Tokens from…end of x (rows, tokens, heads, dHead). */
function within(x: Tensor, from: number, end: number): Tensor {
  const [rows = 0, tokens = 0, heads = 0, dHead = 0] = x.shape;
  return from === 0 && end === tokens ? x : slice(x, [0, from, 0, 0], [rows, end - from, heads, dHead]);
}

/** The inverse of `keysOf`, with zeros for the keys that the chunk does not see. */
function ungroupedKeys(x: Tensor, k: Tensor, { first, last }: Chunk): Tensor {
  const tokens = k.shape[1] ?? 0;
  const byToken = transpose(x, [0, 2, 1, 3]);
  if (first === 0 && last === tokens) return byToken;
  return pad(byToken, [
    [0, 0],
    [first, tokens - last],
    [0, 0],
    [0, 0],
  ]);
}
