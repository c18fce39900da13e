export type GgufKey = readonly [key: string, value: string | number | readonly string[] | Int32Array];

type Described = {
  name: string;
  /** Innermost first, as in the file. */
  dimensions: readonly number[];
  type: number;
  offset?: number;
};
type Head<Tensor> = { version?: number; keys: readonly GgufKey[]; tensors: readonly Tensor[]; alignment?: number };

/** A GGUF file put together by hand, so that tests can make it lie. */
export type GgufParts = Head<Described & { bytes: Uint8Array }>;

/** Integers are written as uint32, other numbers as float32, lists as arrays of strings or of int32. */
export function ggufBytes(parts: GgufParts): Buffer {
  const { tensors, alignment = 32 } = parts;
  const head = ggufHead({ ...parts, tensors: tensors.map(({ bytes, ...tensor }) => ({ ...tensor, sizeBytes: bytes.length })) });
  const data = tensors.map(({ bytes }) => Buffer.concat([bytes, Buffer.alloc(padded(bytes.length, alignment) - bytes.length)]));
  return Buffer.concat([head, ...data]);
}

/** All that stands before the bytes of the first tensor. Tensors follow each other, each at a multiple of the alignment. */
export function ggufHead({ version = 3, keys, tensors, alignment = 32 }: Head<Described & { sizeBytes: number }>): Buffer {
  const header: Buffer[] = [Buffer.from("GGUF"), uint32(version), uint64(tensors.length), uint64(keys.length)];
  for (const [key, value] of keys) header.push(text(key), typedValue(value));
  let offset = 0;
  for (const { name, dimensions, type, sizeBytes, offset: given } of tensors) {
    header.push(text(name), uint32(dimensions.length), ...dimensions.map(uint64), uint32(type), uint64(given ?? offset));
    offset += padded(sizeBytes, alignment);
  }
  const head = Buffer.concat(header);
  return Buffer.concat([head, Buffer.alloc(padded(head.length, alignment) - head.length)]);
}

function typedValue(value: GgufKey[1]): Buffer {
  if (typeof value === "string") return Buffer.concat([uint32(8), text(value)]);
  if (typeof value === "number") return Buffer.concat(Number.isInteger(value) ? [uint32(4), uint32(value)] : [uint32(6), float32(value)]);
  const isText = !(value instanceof Int32Array);
  const items = isText ? value.map(text) : [Buffer.from(value.buffer, value.byteOffset, value.byteLength)];
  return Buffer.concat([uint32(9), uint32(isText ? 8 : 5), uint64(value.length), ...items]);
}

function text(value: string): Buffer {
  return Buffer.concat([uint64(Buffer.byteLength(value)), Buffer.from(value)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function float32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

function padded(length: number, alignment: number): number {
  return Math.ceil(length / alignment) * alignment;
}

/** An F32 tensor with the values 0, 1, 2, …, or those from another on. */
export function floats(name: string, dimensions: readonly number[], first = 0): GgufParts["tensors"][number] {
  const values = Float32Array.from({ length: dimensions.reduce((product, size) => product * size, 1) }, (_, i) => first + i);
  return { name, dimensions, type: 0, bytes: new Uint8Array(values.buffer) };
}
