/** The bytes that base64 holds, to be viewed as numbers: little-endian, as are all machines that this runs on. */
export function packedBuffer(base64: string): ArrayBuffer {
  return new Uint8Array(Buffer.from(base64, "base64")).buffer;
}
