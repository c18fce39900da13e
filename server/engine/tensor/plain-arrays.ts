// Arrays of the WebAssembly engine: its tensors live in this process, its products run in WebAssembly, all else here.
import { own } from "./scope";
import { type DType, sameShape, sizeOf, Tensor, type Values } from "./tensor";

export function plainTensor(values: Values, shape: readonly number[]): Tensor {
  return own(new Tensor(shape, dtypeOf(values), -1, values));
}

function dtypeOf(values: Values): DType {
  if (values instanceof Float32Array) return "float32";
  if (values instanceof Int32Array) return "int32";
  return values instanceof Uint16Array ? "bfloat16" : "uint8";
}

/** @throws Error for a tensor that was freed or is TensorFlow's */
export function readable(tensor: Tensor): Values {
  if (tensor.values === undefined) throw new Error(`a tensor of shape [${tensor.shape}] is used after it was freed`);
  return tensor.values;
}

export function floatsOf(tensor: Tensor): Float32Array {
  const values = readable(tensor);
  if (values instanceof Float32Array) return values;
  if (values instanceof Uint16Array) return floatsFromBfloat16(values);
  throw new RangeError(`a float tensor is wanted, not ${tensor.dtype}`);
}

export function intsOf(tensor: Tensor): Int32Array {
  const values = readable(tensor);
  if (values instanceof Int32Array) return values;
  throw new RangeError(`an int32 tensor is wanted, not ${tensor.dtype}`);
}

export function plainMap(x: Tensor, f: (value: number) => number): Tensor {
  return plainTensor(floatsOf(x).map(f), x.shape);
}

/** Elementwise with NumPy's broadcasting. */
export function plainPair(x: Tensor, y: Tensor, f: (a: number, b: number) => number): Tensor {
  const a = floatsOf(x);
  const b = floatsOf(y);
  if (sameShape(x.shape, y.shape))
    return plainTensor(
      a.map((value, i) => f(value, b[i] as number)),
      x.shape,
    );
  const shape = broadcastShape(x.shape, y.shape);
  const out = new Float32Array(sizeOf(shape));
  const stepsA = broadcastSteps(x.shape, shape);
  const stepsB = broadcastSteps(y.shape, shape);
  forEachPlace(shape, stepsA, stepsB, (place, i, j) => {
    out[place] = f(a[i] as number, b[j] as number);
  });
  return plainTensor(out, shape);
}

/** One value for each row of the last axis. */
export function plainRows(x: Tensor, shape: readonly number[], f: (row: Float32Array) => number): Tensor {
  const values = floatsOf(x);
  const out = new Float32Array(sizeOf(shape));
  const width = values.length / Math.max(1, out.length);
  for (let row = 0; row < out.length; row++) out[row] = f(values.subarray(row * width, (row + 1) * width));
  return plainTensor(out, shape);
}

export function bfloat16FromFloats(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  // `Uint16Array.from` would first make a list of them all.
  const halves = new Uint16Array(bits.length);
  for (let at = 0; at < bits.length; at++) {
    const word = bits[at] as number;
    const isNumber = (word & 0x7fffffff) <= 0x7f800000;
    halves[at] = isNumber ? (word + 0x7fff + ((word >>> 16) & 1)) >>> 16 : (word >>> 16) | 0x40;
  }
  return halves;
}

export function floatsFromBfloat16(values: Uint16Array): Float32Array {
  const words = new Uint32Array(values.length);
  for (let at = 0; at < values.length; at++) words[at] = (values[at] as number) << 16;
  return new Float32Array(words.buffer);
}

function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const p = a[axis - rank + a.length] ?? 1;
    const q = b[axis - rank + b.length] ?? 1;
    if (p !== q && p !== 1 && q !== 1) throw new RangeError(`shapes [${a}] and [${b}] do not broadcast`);
    return p === 1 ? q : p;
  });
}

/** How far one step along each axis of `wide` moves in the narrower array: 0 along axes it is repeated on. */
function broadcastSteps(narrow: readonly number[], wide: readonly number[]): number[] {
  const steps = new Array<number>(wide.length).fill(0);
  let step = 1;
  for (let axis = narrow.length - 1; axis >= 0; axis--) {
    const length = narrow[axis] ?? 1;
    if (length > 1) steps[axis + wide.length - narrow.length] = step;
    step *= length;
  }
  return steps;
}

/** Walks `shape` in row-major order, with the places of two other arrays that move by their own steps. */
export function forEachPlace(
  shape: readonly number[],
  stepsA: readonly number[],
  stepsB: readonly number[],
  visit: (place: number, a: number, b: number) => void,
): void {
  const size = sizeOf(shape);
  const at = new Array<number>(shape.length).fill(0);
  let a = 0;
  let b = 0;
  for (let place = 0; place < size; place++) {
    visit(place, a, b);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const stepA = stepsA[axis] ?? 0;
      const stepB = stepsB[axis] ?? 0;
      const next = (at[axis] ?? 0) + 1;
      a += stepA;
      b += stepB;
      if (next < (shape[axis] ?? 1)) {
        at[axis] = next;
        break;
      }
      at[axis] = 0;
      a -= stepA * next;
      b -= stepB * next;
    }
  }
}
