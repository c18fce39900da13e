const textKind = Buffer.from([8, 0, 0, 0]);

/** The beginning of a GGUF file with one key, in more bytes than the hub counts as small. */
export function ggufHead(architecture: string): Buffer {
  const head = Buffer.from([...Buffer.from("GGUF"), 3, 0, 0, 0]);
  return Buffer.concat([head, uint64(0), uint64(1), text("general.architecture"), textKind, text(architecture), Buffer.alloc(1000)]);
}

function text(value: string): Buffer {
  return Buffer.concat([uint64(value.length), Buffer.from(value)]);
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
