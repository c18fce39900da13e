import { usesTensorflow } from "./backend";
import { scalar } from "./create";
import { dims, execute, index } from "./execute";
import { floatsOf, plainMap, plainPair, plainRows, plainTensor } from "./plain-arrays";
import { plainLogSoftmax, plainSoftmax } from "./plain-softmax";
import { demandSameShape, lastOf, type Tensor, withLast } from "./tensor";
import { count, FLOAT, flag, INT32, typeOf } from "./tensorflow-binding";

const FLOATS = [typeOf("T", FLOAT)];
const REDUCE_KEEPING = [typeOf("T", FLOAT), typeOf("Tidx", INT32), flag("keep_dims", true)];
const REDUCE_DROPPING = [typeOf("T", FLOAT), typeOf("Tidx", INT32), flag("keep_dims", false)];
const ARG_MAX = [typeOf("T", FLOAT), typeOf("Tidx", INT32), typeOf("output_type", INT32)];

const addPair = pair("AddV2", (a, b) => a + b);
const subtractPair = pair("Sub", (a, b) => a - b);
const multiplyPair = pair("Mul", (a, b) => a * b);

/** Elementwise, broadcasting as NumPy does; so are `subtract` and `multiply`. */
export function add(a: Tensor, b: Tensor): Tensor {
  return addPair(a, b);
}

export function subtract(a: Tensor, b: Tensor): Tensor {
  return subtractPair(a, b);
}

export function multiply(a: Tensor, b: Tensor): Tensor {
  return multiplyPair(a, b);
}

/** The sum of tensors of one shape. @throws RangeError for an empty list or unequal shapes */
export function addAll(list: readonly Tensor[]): Tensor {
  const [first] = list;
  if (first === undefined) throw new RangeError("addAll: nothing to add");
  for (const other of list) demandSameShape("addAll", first, other);
  if (usesTensorflow()) return execute("AddN", addAttributes(list.length), list);
  const sum = floatsOf(first).slice();
  for (const other of list.slice(1))
    floatsOf(other).forEach((value, i) => {
      sum[i] = (sum[i] as number) + value;
    });
  return plainTensor(sum, first.shape);
}

export function scale(x: Tensor, factor: number): Tensor {
  return usesTensorflow() ? multiplyPair(x, scalar(factor)) : plainMap(x, (value) => value * factor);
}

/** x (…, d) + bias (d) */
export function addBias(x: Tensor, bias: Tensor): Tensor {
  if (bias.shape.length !== 1 || bias.shape[0] !== lastOf(x.shape)) {
    throw new RangeError(`addBias: bias [${bias.shape}] does not fit the last axis of [${x.shape}]`);
  }
  return addPair(x, bias);
}

/** Over the last axis, which stays with length 1; so does `meanLast`. */
export function sumLast(x: Tensor): Tensor {
  if (usesTensorflow()) return execute("Sum", REDUCE_KEEPING, [x, dims([-1])]);
  return plainRows(x, withLast(x.shape, 1), sum);
}

export function meanLast(x: Tensor): Tensor {
  if (usesTensorflow()) return execute("Mean", REDUCE_KEEPING, [x, dims([-1])]);
  return plainRows(x, withLast(x.shape, 1), (row) => sum(row) / row.length);
}

export const square = unary("Square", (x) => x * x);
export const rsqrt = unary("Rsqrt", (x) => 1 / Math.sqrt(x));
export const tanh = unary("Tanh", Math.tanh);
export const sigmoid = unary("Sigmoid", (x) => 1 / (1 + Math.exp(-x)));
export const exp = unary("Exp", Math.exp);
export const abs = unary("Abs", Math.abs);
/** −1, 0 or 1 */
export const sign = unary("Sign", Math.sign);

/** x (n, …) summed over its first axis */
export function sumRows(x: Tensor): Tensor {
  if (usesTensorflow()) return execute("Sum", REDUCE_DROPPING, [x, dims([0])]);
  const shape = x.shape.slice(1);
  const values = floatsOf(x);
  const width = values.length / Math.max(1, x.shape[0] ?? 1);
  const sums = new Float64Array(width);
  values.forEach((value, i) => {
    sums[i % width] = (sums[i % width] as number) + value;
  });
  return plainTensor(Float32Array.from(sums), shape);
}

/** The sum of all squares, shape []. */
export function sumOfSquares(x: Tensor): Tensor {
  if (!usesTensorflow()) return plainRows(x, [], (row) => row.reduce((total, value) => total + value * value, 0));
  const half = execute("L2Loss", FLOATS, [x]);
  return scale(half, 2);
}

/** x (…, d) → int32 (…): the place of the largest value, the first of equal ones */
export function argMaxLast(x: Tensor): Tensor {
  if (usesTensorflow()) return execute("ArgMax", ARG_MAX, [x, index(-1)]);
  const places = plainRows(x, withLast(x.shape), (row) => row.reduce((best, value, i) => (value > (row[best] as number) ? i : best), 0));
  const ints = Int32Array.from(floatsOf(places));
  return plainTensor(ints, places.shape);
}

export function softmaxLast(x: Tensor): Tensor {
  return usesTensorflow() ? execute("Softmax", FLOATS, [x]) : plainSoftmax(x);
}

export function logSoftmaxLast(x: Tensor): Tensor {
  return usesTensorflow() ? execute("LogSoftmax", FLOATS, [x]) : plainLogSoftmax(x);
}

function pair(op: string, plain: (a: number, b: number) => number): (a: Tensor, b: Tensor) => Tensor {
  return (a, b) => (usesTensorflow() ? execute(op, FLOATS, [a, b]) : plainPair(a, b, plain));
}

function unary(op: string, plain: (x: number) => number): (x: Tensor) => Tensor {
  return (x) => (usesTensorflow() ? execute(op, FLOATS, [x]) : plainMap(x, plain));
}

function sum(row: Float32Array): number {
  return row.reduce((total, value) => total + value, 0);
}

const addAttributesByCount = new Map<number, ReturnType<typeof makeAddAttributes>>();

function addAttributes(terms: number) {
  const known = addAttributesByCount.get(terms) ?? makeAddAttributes(terms);
  addAttributesByCount.set(terms, known);
  return known;
}

function makeAddAttributes(terms: number) {
  return [count("N", terms), typeOf("T", FLOAT)];
}
