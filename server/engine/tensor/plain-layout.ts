import { floatsOf, forEachPlace, intsOf, plainTensor, readable } from "./plain-arrays";
import { sizeOf, type Tensor, type Values } from "./tensor";

export function plainTranspose(x: Tensor, order: readonly number[]): Tensor {
  const values = readable(x);
  const steps = stepsOf(x.shape);
  const shape = order.map((axis) => x.shape[axis] ?? 1);
  const out = emptyLike(values, values.length);
  const moved = order.map((axis) => steps[axis] ?? 0);
  forEachPlace(shape, moved, moved, (place, from) => {
    out[place] = values[from] as number;
  });
  return plainTensor(out, shape);
}

export function plainSlice(x: Tensor, begin: readonly number[], size: readonly number[]): Tensor {
  const values = readable(x);
  const steps = stepsOf(x.shape);
  const start = begin.reduce((sum, at, axis) => sum + at * (steps[axis] ?? 0), 0);
  const out = emptyLike(values, sizeOf(size));
  forEachPlace(size, steps, steps, (place, from) => {
    out[place] = values[start + from] as number;
  });
  return plainTensor(out, [...size]);
}

export function plainPad(x: Tensor, around: readonly (readonly [number, number])[]): Tensor {
  const values = readable(x);
  const shape = x.shape.map((length, axis) => length + (around[axis]?.[0] ?? 0) + (around[axis]?.[1] ?? 0));
  const steps = stepsOf(shape);
  const start = steps.reduce((sum, step, axis) => sum + step * (around[axis]?.[0] ?? 0), 0);
  const out = emptyLike(values, sizeOf(shape));
  forEachPlace(x.shape, steps, steps, (place, to) => {
    out[start + to] = values[place] as number;
  });
  return plainTensor(out, shape);
}

export function plainConcat(list: readonly Tensor[], axis: number): Tensor {
  const first = list[0] as Tensor;
  const outer = sizeOf(first.shape.slice(0, axis));
  const widths = list.map((x) => sizeOf(x.shape.slice(axis)));
  const total = widths.reduce((sum, width) => sum + width, 0);
  const out = emptyLike(readable(first), outer * total);
  let offset = 0;
  list.forEach((x, number) => {
    const width = widths[number] ?? 0;
    const values = readable(x);
    for (let row = 0; row < outer; row++) out.set(values.subarray(row * width, (row + 1) * width), row * total + offset);
    offset += width;
  });
  const length = list.reduce((sum, x) => sum + (x.shape[axis] ?? 0), 0);
  return plainTensor(
    out,
    first.shape.map((old, i) => (i === axis ? length : old)),
  );
}

export function plainGatherRows(table: Tensor, indices: Tensor): Tensor {
  const values = readable(table);
  const row = table.shape.slice(1);
  const width = sizeOf(row);
  const out = emptyLike(values, sizeOf(indices.shape) * width);
  intsOf(indices).forEach((from, place) => {
    demandRow("gatherRows", from, table.shape[0] ?? 0);
    out.set(values.subarray(from * width, (from + 1) * width), place * width);
  });
  return plainTensor(out, [...indices.shape, ...row]);
}

export function plainScatterAddRows(indices: Tensor, updates: Tensor, numRows: number): Tensor {
  const values = floatsOf(updates);
  const row = updates.shape.slice(indices.shape.length);
  const width = sizeOf(row);
  const out = new Float32Array(numRows * width);
  intsOf(indices).forEach((to, place) => {
    demandRow("scatterAddRows", to, numRows);
    for (let i = 0; i < width; i++) out[to * width + i] = (out[to * width + i] as number) + (values[place * width + i] as number);
  });
  return plainTensor(out, [numRows, ...row]);
}

function demandRow(name: string, row: number, rows: number): void {
  if (row < 0 || row >= rows) throw new RangeError(`${name}: index ${row} is not in 0…${rows - 1}`);
}

function stepsOf(shape: readonly number[]): number[] {
  const steps = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) steps[axis] = (steps[axis + 1] ?? 1) * (shape[axis + 1] ?? 1);
  return steps;
}

function emptyLike(values: Values, length: number): Values {
  if (values instanceof Float32Array) return new Float32Array(length);
  return values instanceof Int32Array ? new Int32Array(length) : new Uint16Array(length);
}
