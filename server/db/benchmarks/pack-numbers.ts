/** Numbers as they lie in memory, little-endian, as everywhere in this database. */
export function packNumbers(values: Float64Array | Int32Array | Uint8Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}

export function unpackFloats(packed: Buffer): Float64Array {
  return new Float64Array(copied(packed));
}

export function unpackInts(packed: Buffer): Int32Array {
  return new Int32Array(copied(packed));
}

/** A buffer of a pool need not begin where numbers may. */
function copied(packed: Buffer): ArrayBuffer {
  return Uint8Array.from(packed).buffer;
}
