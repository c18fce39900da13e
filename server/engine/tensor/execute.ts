import { asConstant, own } from "./scope";
import { type DType, Tensor } from "./tensor";
import { type Attribute, binding, deleteId, dtypeOf, FLOAT, INT32, type Output } from "./tensorflow-binding";

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

/** A 1-D int32 tensor of shapes, axes or sizes; made once for each content. */
export function dims(values: readonly number[]): Tensor {
  return constant(`d${values.join()}`, () => createTensor(Int32Array.from(values), [values.length]));
}

/** An int32 scalar. */
export function index(value: number): Tensor {
  return constant(`i${value}`, () => createTensor(Int32Array.of(value), []));
}

const CONSTANTS_HELD = 8192;
const constants = new Map<string, Tensor>();

/** A small tensor made once and never freed; when too many are held, one that belongs to the scope as any other. */
export function constant(key: string, make: () => Tensor): Tensor {
  const known = constants.get(key);
  if (known !== undefined) return known;
  if (constants.size >= CONSTANTS_HELD) return make();
  const made = asConstant(make());
  constants.set(key, made);
  return made;
}

const LARGE_CONSTANTS_HELD = 8;
const largeConstants = new Map<string, Tensor>();

/** A tensor that the next steps will want again, for use at once: only the last few are held. */
export function recentConstant(key: string, make: () => Tensor): Tensor {
  const made = largeConstants.get(key) ?? asConstant(make());
  largeConstants.delete(key);
  largeConstants.set(key, made);
  const [oldest] = largeConstants;
  if (largeConstants.size > LARGE_CONSTANTS_HELD && oldest !== undefined) {
    largeConstants.delete(oldest[0]);
    deleteId(oldest[1].id);
  }
  return made;
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
