import { expect, test } from "vitest";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import { flashAttention, flashAttentionGrad } from "@/server/engine/tensor/flash-attention";
import { EVENLY, keyBounds } from "@/server/engine/tensor/key-bounds";
import { measureBytes, tidy } from "@/server/engine/tensor/scope";
import { describeEachEngine, numericGradient, randomValues, worstDifference } from "./engines";
import * as reference from "./reference";

const CLOSE = 2e-6;

type Shape = { rows: number; queries: number; tokens: number; heads: number; kvHeads: number; dHead: number };
type Case = Shape & { bounds: Int32Array; boundRows: number; scale: number; cap?: number | undefined; hidden?: Int32Array | undefined };

const ALL = { q: true, k: true, v: true };

/** Each query sees itself and those before it, or the last `window` of them. */
function causal(tokens: number, window = tokens): Int32Array {
  return Int32Array.from({ length: 2 * tokens }, (_, i) => (i % 2 === 0 ? Math.max(0, (i >> 1) + 1 - window) : (i >> 1) + 1));
}

function inputsOf({ rows, queries, tokens, heads, kvHeads, dHead }: Shape, seed = 1) {
  return {
    q: randomValues(rows * queries * heads * dHead, seed),
    k: randomValues(rows * tokens * kvHeads * dHead, seed + 1),
    v: randomValues(rows * tokens * kvHeads * dHead, seed + 2),
    dy: randomValues(rows * queries * heads * dHead, seed + 3),
  };
}

function compute(own: Case, { q, k, v, dy }: ReturnType<typeof inputsOf>, needs = ALL) {
  const { rows, queries, tokens, heads, kvHeads, dHead, scale, cap } = own;
  return tidy(() => {
    const bounds = keyBounds(own.bounds, own.boundRows, own.hidden);
    const byKey = (x: Float32Array) => fromValues(x, [rows, tokens, kvHeads, dHead]);
    const query = fromValues(q, [rows, queries, heads, dHead]);
    const { mixed, saved } = flashAttention(query, byKey(k), byKey(v), bounds, { scale, cap });
    const { dQ, dK, dV } = flashAttentionGrad(fromValues(dy, mixed.shape), saved, bounds, { scale, cap }, needs);
    return { mixed: readFloats(mixed), dQ: dQ && readFloats(dQ), dK: dK && readFloats(dK), dV: dV && readFloats(dV) };
  });
}

function referenceOf(own: Case, q: ArrayLike<number>, k: ArrayLike<number>, v: ArrayLike<number>): number[] {
  const { rows, queries, tokens, heads, kvHeads, dHead, bounds, boundRows } = own;
  const width = kvHeads * dHead;
  return Array.from({ length: rows * queries }, (_, at) => {
    const row = Math.floor(at / queries);
    const place = 2 * ((boundRows === 1 ? 0 : row) * queries + (at % queries));
    const [first, end] = [bounds[place] as number, bounds[place + 1] as number];
    const [from, to] = first === EVENLY ? [0, tokens] : [first, end];
    const seen = Array.from({ length: to - from }, (_, i) => row * tokens + from + i).filter((key) => own.hidden?.[key] !== 1);
    if (seen.length === 0) return new Array<number>(heads * dHead).fill(0);
    const of = (x: ArrayLike<number>) => seen.flatMap((key) => Array.from({ length: width }, (_, i) => x[key * width + i] as number));
    const factor = first === EVENLY ? 0 : own.scale;
    const query = Array.from({ length: heads * dHead }, (_, i) => (q[at * heads * dHead + i] as number) * factor);
    return reference.attend(query, of(k), of(v), heads, kvHeads, dHead, own.cap);
  }).flat();
}

const SMALL: Shape = { rows: 2, queries: 5, tokens: 5, heads: 4, kvHeads: 2, dHead: 3 };

const CASES: [string, Case][] = [
  ["causal attention", { ...SMALL, bounds: causal(5), boundRows: 1, scale: 0.7 }],
  ["a window", { ...SMALL, bounds: causal(5, 2), boundRows: 1, scale: 1 }],
  ["capped scores", { ...SMALL, bounds: causal(5), boundRows: 1, scale: 1.5, cap: 0.8 }],
  [
    "bounds of each row, queries that see nothing and queries that see all alike",
    {
      ...SMALL,
      bounds: Int32Array.of(0, 5, 0, 3, 1, 4, 2, 2, 4, 5, EVENLY, 0, 1, 2, 0, 0, 3, 5, EVENLY, 0),
      boundRows: 2,
      scale: 0.5,
      cap: 2,
    },
  ],
  [
    "hidden keys between those that are seen",
    { ...SMALL, bounds: causal(5), boundRows: 1, scale: 1, hidden: Int32Array.of(0, 1, 0, 0, 0, 0, 0, 1, 1, 0) },
  ],
  ["fewer queries than keys", { ...SMALL, queries: 2, tokens: 6, bounds: Int32Array.of(0, 5, 1, 6), boundRows: 1, scale: 1 }],
  ["one key head for all", { ...SMALL, rows: 1, kvHeads: 1, dHead: 17, bounds: causal(5), boundRows: 1, scale: 0.3 }],
];

describeEachEngine("flash attention", (engine) => {
  test.each(CASES)("gives attention and its gradients: %s", (_, own) => {
    const inputs = inputsOf(own);
    const { q, k, v, dy } = inputs;
    const got = compute(own, inputs);
    expect(worstDifference(got.mixed, referenceOf(own, q, k, v))).toBeLessThan(CLOSE);
    const gradients = [
      [got.dQ, numericGradient((x) => referenceOf(own, x, k, v), q, dy)],
      [got.dK, numericGradient((x) => referenceOf(own, q, x, v), k, dy)],
      [got.dV, numericGradient((x) => referenceOf(own, q, k, x), v, dy)],
    ] as const;
    for (const [gradient, want] of gradients) expect(worstDifference(gradient ?? [], want)).toBeLessThan(CLOSE);
  });

  const [rows, tokens, window] = [2, 150, 70];
  const long: Case = {
    rows,
    queries: tokens,
    tokens,
    heads: 4,
    kvHeads: 2,
    dHead: 20,
    bounds: causal(tokens, window),
    boundRows: 1,
    scale: 0.2,
  };

  test("rows of several tiles agree with the definition", () => {
    const inputs = inputsOf(long, 11);
    const got = compute(long, inputs);
    expect(worstDifference(got.mixed, referenceOf(long, inputs.q, inputs.k, inputs.v))).toBeLessThan(CLOSE);
    // Σ dy · mixed moves along a direction as the gradients say.
    const along = inputsOf(long, 21);
    const at = (step: number) => {
      const moved = (x: Float32Array, by: Float32Array) => Array.from(x, (value, i) => value + step * (by[i] as number));
      const mixed = referenceOf(long, moved(inputs.q, along.q), moved(inputs.k, along.k), moved(inputs.v, along.v));
      return mixed.reduce((sum, value, i) => sum + value * (inputs.dy[i] as number), 0);
    };
    const product = (x: ArrayLike<number> = [], y: Float32Array) => y.reduce((sum, value, i) => sum + value * (x[i] ?? Number.NaN), 0);
    const slope = product(got.dQ, along.q) + product(got.dK, along.k) + product(got.dV, along.v);
    expect(Math.abs(slope - (at(1e-5) - at(-1e-5)) / 2e-5)).toBeLessThan(1e-3);
  });

  test("a query that sees a single key passes on no gradient by its score: exactly 0, of which Adam makes no step", () => {
    // TensorFlow's softmax of one score is 1 only to rounding.
    if (engine === "TensorFlow ops") return;
    const starts = [0, 70, 71, 140];
    const bounds = causal(tokens).map((bound, i) => (i % 2 === 0 ? Math.max(...starts.filter((start) => start <= i >> 1)) : bound));
    const { dQ = [], dK = [] } = compute({ ...long, bounds }, inputsOf(long, 51));
    const largest = (x: ArrayLike<number>, from: number, width: number) =>
      Math.max(...Array.from({ length: width }, (_, i) => Math.abs(x[from * width + i] as number)));
    for (const start of starts) expect(largest(dQ, start, 4 * 20)).toBe(0);
    // Its own query alone sees key 70.
    expect(largest(dK, 70, 2 * 20)).toBe(0);
    expect(largest(dQ, 1, 4 * 20)).toBeGreaterThan(0);
  });

  test("makes the gradients that are needed, the same as beside the others", () => {
    const inputs = inputsOf(long, 31);
    const all = compute(long, inputs);
    for (const name of ["q", "k", "v"] as const) {
      const got = compute(long, inputs, { q: false, k: false, v: false, [name]: true });
      const made = { q: got.dQ, k: got.dK, v: got.dV };
      expect(made[name]).toEqual({ q: all.dQ, k: all.dK, v: all.dV }[name]);
      expect(Object.values(made).filter((gradient) => gradient !== undefined)).toHaveLength(1);
    }
  });

  test("a row has the same bits alone, and with padding after it", () => {
    if (engine !== "own kernels") return;
    const inputs = inputsOf(long, 41);
    const whole = compute(long, inputs);
    const [real, width, keyWidth] = [101, 4 * 20, 2 * 20];
    const second = (x: Float32Array, per: number) => x.slice(tokens * per, (tokens + real) * per);
    const alone = compute(
      { ...long, rows: 1, queries: real, tokens: real, bounds: causal(real, window) },
      { q: second(inputs.q, width), k: second(inputs.k, keyWidth), v: second(inputs.v, keyWidth), dy: second(inputs.dy, width) },
    );
    expect(alone.mixed).toEqual(second(whole.mixed, width));
  });

  test("shapes that do not fit are refused, NaN passes through", () => {
    tidy(() => {
      const [q, k] = [fromValues(randomValues(24, 1), [1, 2, 3, 4]), fromValues(randomValues(16, 1), [1, 2, 2, 4])];
      expect(() => flashAttention(q, k, k, keyBounds(causal(2), 1), { scale: 1 })).toThrow("do not fit");
    });
    const own: Case = { ...SMALL, bounds: causal(5), boundRows: 1, scale: 1 };
    const inputs = inputsOf(own);
    inputs.q[0] = Number.NaN;
    const { mixed } = compute(own, inputs);
    expect(mixed[0]).toBeNaN();
    expect(mixed.at(-1)).not.toBeNaN();
  });

  test("memory grows with the tokens, not with their square", () => {
    // Its twin holds the scores of a chunk of queries; here all queries are one chunk.
    if (engine !== "own kernels") return;
    const [length, heads, dHead] = [4096, 4, 8];
    const own: Case = {
      rows: 1,
      queries: length,
      tokens: length,
      heads,
      kvHeads: 1,
      dHead,
      bounds: causal(length),
      boundRows: 1,
      scale: 0.3,
    };
    const { peakBytes } = measureBytes(() => compute(own, inputsOf(own)));
    expect(peakBytes).toBeLessThan((length * length * heads * 4) / 60);
  });
});
