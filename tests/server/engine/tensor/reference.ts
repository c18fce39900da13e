// What each operation should give, in float64 and by its definition; arrays are row by row.

export function product(a: ArrayLike<number>, b: ArrayLike<number>, rows: number, inner: number, columns: number): number[] {
  return grid(rows, columns, (row, column) => sumOver(inner, (i) => (a[row * inner + i] ?? 0) * (b[i * columns + column] ?? 0)));
}

export function transpose(a: ArrayLike<number>, rows: number, columns: number): number[] {
  return grid(columns, rows, (column, row) => a[row * columns + column] ?? 0);
}

export function rmsNorm(x: readonly number[], w: ArrayLike<number>, eps: number): number[] {
  return eachRow(x, w.length, (row) => {
    const root = Math.sqrt(sumOver(row.length, (i) => (row[i] ?? 0) ** 2) / row.length + eps);
    return row.map((value, i) => (value / root) * (w[i] ?? 0));
  });
}

export function layerNorm(x: readonly number[], w: ArrayLike<number>, b: ArrayLike<number>, eps: number): number[] {
  return eachRow(x, w.length, (row) => {
    const mean = sumOver(row.length, (i) => row[i] ?? 0) / row.length;
    const root = Math.sqrt(sumOver(row.length, (i) => ((row[i] ?? 0) - mean) ** 2) / row.length + eps);
    return row.map((value, i) => ((value - mean) / root) * (w[i] ?? 0) + (b[i] ?? 0));
  });
}

export function siluMul(gate: ArrayLike<number>, up: ArrayLike<number>): number[] {
  return Array.from(gate, (g, i) => (g / (1 + Math.exp(-g))) * (up[i] ?? 0));
}

export function geluTanh(x: ArrayLike<number>): number[] {
  return Array.from(x, (v) => 0.5 * v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3))));
}

export function geluTanhMul(gate: ArrayLike<number>, up: ArrayLike<number>): number[] {
  return geluTanh(gate).map((active, i) => active * (up[i] ?? 0));
}

export function softCap(x: ArrayLike<number>, cap: number): number[] {
  return Array.from(x, (value) => cap * Math.tanh(value / cap));
}

export function softmax(x: readonly number[], width: number): number[] {
  return eachRow(x, width, (row) => {
    const powers = row.map((value) => Math.exp(value));
    const total = powers.reduce((a, b) => a + b, 0);
    return powers.map((value) => value / total);
  });
}

/** Rotates pairs (i, i + dHead/2) of x (tokens, heads, dHead) by position·theta^(−2i/dHead). */
export function rotary(x: ArrayLike<number>, positions: readonly number[], heads: number, dHead: number, theta: number): number[] {
  const half = dHead / 2;
  return Array.from(x, (value, place) => {
    const i = place % dHead;
    const angle = (positions[Math.floor(place / (heads * dHead))] ?? 0) * theta ** (-(i % half) / half);
    const other = x[i < half ? place + half : place - half] ?? 0;
    return value * Math.cos(angle) + (i < half ? -other : other) * Math.sin(angle);
  });
}

export function topK(z: ArrayLike<number>, width: number, k: number): { indices: number[]; values: number[] } {
  const rows = Array.from({ length: z.length / width }, (_, row) => {
    const places = Array.from({ length: width }, (_, i) => i);
    const value = (i: number) => z[row * width + i] ?? 0;
    return places
      .sort((p, q) => value(q) - value(p) || p - q)
      .slice(0, k)
      .sort((p, q) => p - q)
      .map((i) => [i, value(i)] as const);
  });
  return { indices: rows.flat().map(([i]) => i), values: rows.flat().map(([, value]) => value) };
}

/** The sparse rows written out: (tokens, numLatents). */
export function dense(indices: readonly number[], values: ArrayLike<number>, k: number, numLatents: number): number[] {
  const out = new Array<number>((indices.length / k) * numLatents).fill(0);
  indices.forEach((latent, place) => {
    out[Math.floor(place / k) * numLatents + latent] = values[place] ?? 0;
  });
  return out;
}

/** Attention of one query (heads, dHead) to keys and values (tokens, kvHeads, dHead), its scores capped where there is a cap. */
export function attend(
  q: ArrayLike<number>,
  keys: ArrayLike<number>,
  values: ArrayLike<number>,
  heads: number,
  kvHeads: number,
  dHead: number,
  cap = Number.POSITIVE_INFINITY,
): number[] {
  const tokens = keys.length / (kvHeads * dHead);
  return Array.from({ length: heads }, (_, head) => {
    const shared = Math.floor(head / (heads / kvHeads));
    const place = (token: number, i: number) => (token * kvHeads + shared) * dHead + i;
    const scores = Array.from({ length: tokens }, (_, t) => sumOver(dHead, (i) => (q[head * dHead + i] ?? 0) * (keys[place(t, i)] ?? 0)));
    const weights = softmax(Number.isFinite(cap) ? softCap(scores, cap) : scores, tokens);
    return Array.from({ length: dHead }, (_, i) => sumOver(tokens, (t) => (weights[t] ?? 0) * (values[place(t, i)] ?? 0)));
  }).flat();
}

export function crossEntropy(logits: readonly number[], labels: readonly number[], width: number): number[] {
  return labels.map((label, row) => -Math.log(softmax(logits.slice(row * width, (row + 1) * width), width)[label] ?? 0));
}

function eachRow(x: readonly number[], width: number, f: (row: number[]) => number[]): number[] {
  return Array.from({ length: x.length / width }, (_, row) => f(x.slice(row * width, (row + 1) * width))).flat();
}

function grid(rows: number, columns: number, f: (row: number, column: number) => number): number[] {
  return Array.from({ length: rows * columns }, (_, place) => f(Math.floor(place / columns), place % columns));
}

function sumOver(count: number, f: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += f(i);
  return sum;
}
