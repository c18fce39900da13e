import { floatsOf, intsOf, plainTensor } from "./plain-arrays";
import { lastOf, type Tensor } from "./tensor";

export function plainTopK(z: Tensor, k: number): { values: Tensor; indices: Tensor } {
  const all = floatsOf(z);
  const width = lastOf(z.shape);
  const rows = z.shape[0] ?? 0;
  const indices = new Int32Array(rows * k);
  const values = new Float32Array(rows * k);
  for (let row = 0; row < rows; row++) {
    const entries = all.subarray(row * width, (row + 1) * width);
    keepLargest(entries, k).forEach((latent, place) => {
      indices[row * k + place] = latent;
      values[row * k + place] = entries[latent] as number;
    });
  }
  return { values: plainTensor(values, [rows, k]), indices: plainTensor(indices, [rows, k]) };
}

export function plainGatherInRows(z: Tensor, indices: Tensor): Tensor {
  const all = floatsOf(z);
  const width = lastOf(z.shape);
  const k = lastOf(indices.shape);
  const values = Float32Array.from(intsOf(indices), (latent, place) => all[Math.floor(place / k) * width + latent] as number);
  return plainTensor(values, indices.shape);
}

export function plainSparseTimes(indices: Tensor, values: Tensor, dense: Tensor): Tensor {
  const width = lastOf(dense.shape);
  const [tokens = 0, k = 0] = indices.shape;
  const weights = floatsOf(values);
  const rows = floatsOf(dense);
  const out = new Float32Array(tokens * width);
  intsOf(indices).forEach((latent, place) => {
    addScaled(out, Math.floor(place / k) * width, rows, latent * width, weights[place] as number, width);
  });
  return plainTensor(out, [tokens, width]);
}

export function plainSparseTransposeTimes(indices: Tensor, values: Tensor, dense: Tensor, numLatents: number): Tensor {
  const width = lastOf(dense.shape);
  const k = lastOf(indices.shape);
  const weights = floatsOf(values);
  const rows = floatsOf(dense);
  const out = new Float32Array(numLatents * width);
  intsOf(indices).forEach((latent, place) => {
    addScaled(out, latent * width, rows, Math.floor(place / k) * width, weights[place] as number, width);
  });
  return plainTensor(out, [numLatents, width]);
}

export function plainRowDots(table: Tensor, indices: Tensor, g: Tensor): Tensor {
  const width = lastOf(table.shape);
  const k = lastOf(indices.shape);
  const rows = floatsOf(table);
  const gradient = floatsOf(g);
  const dots = Float32Array.from(intsOf(indices), (latent, place) => {
    const from = Math.floor(place / k) * width;
    let dot = 0;
    for (let i = 0; i < width; i++) dot += (rows[latent * width + i] as number) * (gradient[from + i] as number);
    return dot;
  });
  return plainTensor(dots, indices.shape);
}

/** The places of the k largest, ascending; the first of equal ones; NaN counts as smallest. */
function keepLargest(entries: Float32Array, k: number): number[] {
  const sorted = entries.map((value) => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value)).sort();
  const bound = sorted[sorted.length - k] as number;
  const above: number[] = [];
  const equal: number[] = [];
  entries.forEach((value, latent) => {
    const ranked = Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
    if (ranked > bound) above.push(latent);
    else if (ranked === bound) equal.push(latent);
  });
  return [...above, ...equal.slice(0, k - above.length)].sort((a, b) => a - b);
}

function addScaled(target: Float32Array, to: number, source: Float32Array, from: number, factor: number, length: number): void {
  for (let i = 0; i < length; i++) target[to + i] = (target[to + i] as number) + factor * (source[from + i] as number);
}
