import { createRequire } from "node:module";
import path from "node:path";
import { isPackedName } from "@/lib/numbers/blocks/block-formats";
import type { DType } from "./tensor";

/** One attribute of a TensorFlow op, as the binding takes it. Lists of them are made once, where the op is named. */
export type Attribute = { readonly name: string; readonly type: number; readonly value: number | boolean | string | readonly number[] };

export type Output = { readonly id: number; readonly shape: number[]; readonly dtype: number };

type Binding = {
  readonly TF_Version: string;
  createTensor(shape: readonly number[], dtype: number, data: Float32Array | Int32Array | Uint8Array): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array | Int32Array;
  executeOp(op: string, attributes: readonly Attribute[], inputs: readonly number[], outputs: number): Output[];
  getNumOfTensors(): number;
  isUsingGpuDevice(): boolean;
};

/** TensorFlow's numbers for its types (tensorflow/c/tf_datatype.h) and attribute kinds (tf_attrtype.h). */
export const FLOAT = 1;
export const INT32 = 3;
export const UINT8 = 4;
export const INT64 = 9;
export const BFLOAT16 = 14;
export const FLOAT16 = 19;
const ATTRIBUTE_KIND = { string: 0, int: 1, float: 2, bool: 3, type: 4, shape: 5 };

export const typeOf = (name: string, value: number): Attribute => ({ name, type: ATTRIBUTE_KIND.type, value });
export const flag = (name: string, value: boolean): Attribute => ({ name, type: ATTRIBUTE_KIND.bool, value });
export const count = (name: string, value: number): Attribute => ({ name, type: ATTRIBUTE_KIND.int, value });
export const text = (name: string, value: string): Attribute => ({ name, type: ATTRIBUTE_KIND.string, value });
export const shapeOf = (name: string, value: readonly number[]): Attribute => ({ name, type: ATTRIBUTE_KIND.shape, value });

let loaded: Binding | undefined;

/**
 * Loads the binding that scripts/link-tensorflow.mjs built: only the native part of tfjs-node-gpu, so that neither its
 * kernels nor its use of functions that Node removed come along.
 *
 * @throws Error when the binding is not linked or its libraries do not load
 */
export function loadBinding(): Binding {
  if (loaded !== undefined) return loaded;
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "2";
  process.env["TF_FORCE_GPU_ALLOW_GROWTH"] ??= "true";
  loaded = createRequire(import.meta.url)(bindingFile()) as Binding;
  return loaded;
}

/** Where the linked binding is; what was measured of it lies beside it. */
export function bindingFile(): string {
  const require = createRequire(import.meta.url);
  const folder = path.dirname(require.resolve("@tensorflow/tfjs-node-gpu/package.json"));
  return path.join(folder, "lib", "napi-v8", "tfjs_binding.node");
}

/** The loaded binding. @throws Error before `loadBinding` */
export function binding(): Binding {
  if (loaded === undefined) throw new Error("TensorFlow is not loaded: call startEngine first");
  return loaded;
}

/** Whether the kernels of native/ were built into the binding. */
export function hasOwnKernels(): boolean {
  const one = binding().createTensor([1], FLOAT, Float32Array.of(1));
  try {
    for (const { id } of binding().executeOp("StanscopeSiluMul", [], [one, one], 1)) deleteId(id);
    return true;
  } catch {
    return false;
  } finally {
    deleteId(one);
  }
}

export function deleteId(id: number): void {
  binding().deleteTensor(id);
}

export function dtypeOf(number: number): DType {
  if (number === FLOAT) return "float32";
  if (number === INT32) return "int32";
  if (number === INT64) return "int64";
  if (number === UINT8) return "uint8";
  return number === BFLOAT16 ? "bfloat16" : "opaque";
}

const TYPE_NUMBERS = { float32: FLOAT, int32: INT32, int64: INT64, uint8: UINT8, bfloat16: BFLOAT16, opaque: 0 } as const;

/** @throws RangeError for a packed matrix, whose bytes are no values */
export function typeNumber(dtype: DType): number {
  if (isPackedName(dtype)) throw new RangeError(`a matrix packed as ${dtype} is read by what packed.ts names alone`);
  return TYPE_NUMBERS[dtype];
}
