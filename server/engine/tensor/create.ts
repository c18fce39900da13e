import { isPackedName } from "@/lib/numbers/blocks/block-formats";
import { usesOwnKernels, usesTensorflow } from "./backend";
import { constant, createTensor, dims, execute } from "./execute";
import { bfloat16FromFloats, floatsFromBfloat16, plainTensor, readable } from "./plain-arrays";
import { asConstant, tidy } from "./scope";
import { sizeOf, type Tensor } from "./tensor";
import { BFLOAT16, binding, FLOAT, flag, INT32, typeOf, UINT8 } from "./tensorflow-binding";

/**
 * Copies values into a tensor.
 *
 * @throws RangeError when the number of values is not that of the shape
 */
export function fromValues(data: Float32Array | Int32Array, shape: readonly number[]): Tensor {
  // TensorFlow may keep reading the array it was given, so it gets one that nobody else writes to.
  return fromOwnValues(data.slice(), shape);
}

/**
 * As `fromValues`, without a copy: the tensor takes the array over, and nobody may write to it any more.
 *
 * @throws RangeError when the number of values is not that of the shape
 */
export function fromOwnValues(data: Float32Array | Int32Array, shape: readonly number[]): Tensor {
  if (data.length !== sizeOf(shape)) throw new RangeError(`fromValues: ${data.length} values do not fill shape [${shape}]`);
  return usesTensorflow() ? createTensor(data, shape) : plainTensor(data, shape);
}

/** TensorFlow is told lengths in 32 bits. */
export const LONGEST_SIDE = 2 ** 31 - 1;

export function zeros(shape: readonly number[]): Tensor {
  return usesTensorflow() ? execute("Fill", FILL, [dims(shape), scalar(0)]) : fill(shape, 0);
}

/** A tensor that own kernels fill in place; until then its entries are undefined. No side may be longer than `LONGEST_SIDE`. */
export function unfilled(shape: readonly number[], dtype: "float32" | "uint8" = "float32"): Tensor {
  return tidy(() => execute("Empty", EMPTY[dtype], [fromValues(Int32Array.from(shape), [shape.length])]));
}

export function fill(shape: readonly number[], x: number): Tensor {
  const values = new Float32Array(sizeOf(shape)).fill(x);
  return usesTensorflow() ? createTensor(values, shape) : plainTensor(values, shape);
}

/** A constant of shape []: made once for each number, never freed. */
export function scalar(x: number): Tensor {
  return usesTensorflow() ? constant(`f${x}`, () => createTensor(Float32Array.of(x), [])) : asConstant(plainTensor(Float32Array.of(x), []));
}

/** @throws RangeError for a tensor that is not float32 */
export function readFloats(tensor: Tensor): Float32Array {
  if (tensor.dtype !== "float32") throw new RangeError(`readFloats: the tensor is ${tensor.dtype}, not float32`);
  return read(tensor) as Float32Array;
}

/** @throws RangeError for a tensor that is not int32 */
export function readInts(tensor: Tensor): Int32Array {
  if (tensor.dtype !== "int32") throw new RangeError(`readInts: the tensor is ${tensor.dtype}, not int32`);
  return read(tensor) as Int32Array;
}

/** @throws RangeError for more than one value */
export function readScalar(tensor: Tensor): number {
  const size = sizeOf(tensor.shape);
  if (size !== 1) throw new RangeError(`readScalar: shape [${tensor.shape}] holds ${size} values, not 1`);
  return read(tensor)[0] ?? Number.NaN;
}

const EMPTY = { float32: [typeOf("dtype", FLOAT), flag("init", false)], uint8: [typeOf("dtype", UINT8), flag("init", false)] };
const FILL = [typeOf("T", FLOAT), typeOf("index_type", INT32)];
const LARGE_PAGES = {
  float32: [typeOf("T", FLOAT)],
  bfloat16: [typeOf("T", BFLOAT16)],
  packed: [typeOf("T", UINT8)],
  int32: [typeOf("T", INT32)],
};
const TO_BFLOAT16 = [typeOf("SrcT", FLOAT), typeOf("DstT", BFLOAT16), flag("Truncate", false)];
const TO_FLOAT32 = [typeOf("SrcT", BFLOAT16), typeOf("DstT", FLOAT), flag("Truncate", false)];

/** Rounds float32 to bfloat16, to nearest even. */
export function toBfloat16(tensor: Tensor): Tensor {
  if (usesTensorflow()) return execute("Cast", TO_BFLOAT16, [tensor]);
  return plainTensor(bfloat16FromFloats(readable(tensor) as Float32Array), tensor.shape);
}

/** Widens bfloat16 to float32, exactly. */
export function toFloat32(tensor: Tensor): Tensor {
  if (usesTensorflow()) return execute("Cast", TO_FLOAT32, [tensor]);
  return plainTensor(floatsFromBfloat16(readable(tensor) as Uint16Array), tensor.shape);
}

/**
 * Lays a tensor that is read again and again in large memory pages, where own kernels run and the system has them: its values and its
 * place stay as they are.
 *
 * @returns how many large pages hold it now, with what else they hold
 */
export function layInLargePages(tensor: Tensor): number {
  if (!usesOwnKernels()) return 0;
  const held = isPackedName(tensor.dtype) ? "packed" : tensor.dtype;
  if (!(held in LARGE_PAGES)) throw new RangeError(`layInLargePages: ${held}`);
  return tidy(() => readScalar(execute("StanscopeLargePages", LARGE_PAGES[held as keyof typeof LARGE_PAGES], [tensor])));
}

function read(tensor: Tensor): Float32Array | Int32Array {
  if (tensor.state === "freed") throw new Error(`a tensor of shape [${tensor.shape}] is read after it was freed`);
  if (usesTensorflow()) return binding().tensorDataSync(tensor.id);
  return readable(tensor).slice() as Float32Array | Int32Array;
}
