import type { PackedName } from "@/lib/numbers/blocks/block-formats";
import { Constants } from "./constants";
import { disown, own } from "./scope";
import { bytesOf, type DType, Tensor } from "./tensor";
import { type Attribute, binding, dtypeOf, FLOAT, INT32, type Output, UINT8 } from "./tensorflow-binding";

export const NO_ATTRIBUTES: readonly Attribute[] = [];

/** Runs a TensorFlow op of one output. @throws Error with TensorFlow's message when it refuses the inputs */
export function execute(op: string, attributes: readonly Attribute[], inputs: readonly Tensor[]): Tensor {
  return ownOutput(binding().executeOp(op, attributes, inputs.map(idOf), 1)[0] as Output);
}

/** Runs a TensorFlow op of several outputs. */
export function executeMany(op: string, attributes: readonly Attribute[], inputs: readonly Tensor[], outputs: number): Tensor[] {
  return binding().executeOp(op, attributes, inputs.map(idOf), outputs).map(ownOutput);
}

/** Runs a TensorFlow op for its effect. */
export function executeEffect(op: string, attributes: readonly Attribute[], inputs: readonly Tensor[]): void {
  binding().executeOp(op, attributes, inputs.map(idOf), 0);
}

export function createTensor(data: Float32Array | Int32Array, shape: readonly number[]): Tensor {
  const floats = data instanceof Float32Array;
  const id = binding().createTensor(shape, floats ? FLOAT : INT32, data);
  return own(new Tensor(shape, floats ? "float32" : "int32", id, undefined));
}

/** Bytes as they are, which must not be written to before the tensor is freed. */
export function createBytes(bytes: Uint8Array): Tensor {
  return own(new Tensor([bytes.length], "uint8", binding().createTensor([bytes.length], UINT8, bytes), undefined));
}

/** A matrix of that shape in the blocks of a format. */
export function createPacked(blocks: Uint8Array, shape: readonly number[], format: PackedName): Tensor {
  return own(new Tensor(shape, format, binding().createTensor([blocks.length], UINT8, blocks), undefined));
}

/** What an operation on the bytes of a packed matrix gave, as a packed matrix. */
export function asPacked(bytes: Tensor, shape: readonly number[], format: PackedName): Tensor {
  const { id, values } = bytes;
  disown(bytes);
  return own(new Tensor(shape, format, id, values));
}

/** The bytes of a packed matrix, which stay its own: a handle that nobody frees. */
export function bytesWithin(packed: Tensor): Tensor {
  return new Tensor([bytesOf(packed)], "uint8", packed.id, packed.values);
}

/** A 1-D int32 tensor of shapes, axes or sizes; made once for each content. */
export function dims(values: readonly number[]): Tensor {
  return constant(`d${values.join()}`, () => createTensor(Int32Array.from(values), [values.length]));
}

/** An int32 scalar. */
export function index(value: number): Tensor {
  return constant(`i${value}`, () => createTensor(Int32Array.of(value), []));
}

const constants = new Constants(8192);
const largeConstants = new Constants(8);

/** A small tensor that is made once, for use at once. */
export function constant(key: string, make: () => Tensor): Tensor {
  return constants.get(key, make);
}

/** A large tensor that the next steps will want again, for use at once: only the last few are held. */
export function recentConstant(key: string, make: () => Tensor): Tensor {
  return largeConstants.get(key, make);
}

/** @throws Error for a tensor that was freed */
function idOf(tensor: Tensor): number {
  if (tensor.id < 0) throw new Error(`a ${tensor.dtype} tensor of shape [${tensor.shape}] is used after it was freed`);
  return tensor.id;
}

function ownOutput(output: Output): Tensor {
  const dtype: DType = dtypeOf(output.dtype);
  return own(new Tensor(output.shape, dtype, output.id, undefined));
}
