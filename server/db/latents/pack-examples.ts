/** One example of a latent: where it fires, and its activations in the window around. */
export type StoredExample = {
  /** Number of the context in its collection. */
  context: number;
  /** Token position in the context. */
  position: number;
  activation: number;
  /** Contexts with the same tokens around the peak, folded into this one. */
  duplicates: number;
  /** The window shown, as token positions: `from` inclusive, `to` exclusive. */
  from: number;
  to: number;
  /** Positions in the window where the latent fires, ascending, the peak among them, and its activations there. */
  firingPositions: ArrayLike<number>;
  firingActivations: ArrayLike<number>;
};

const headBytes = 7 * 4;
const firingBytes = 8;

/** Packs a latent's examples, strongest first: for each a head of 7 numbers, then (position, activation) pairs; all little-endian, 4 bytes each. */
export function packExamples(examples: readonly StoredExample[]): Buffer {
  const bytes = examples.reduce((sum, { firingPositions }) => sum + headBytes + firingPositions.length * firingBytes, 0);
  const packed = Buffer.allocUnsafe(bytes);
  let at = 0;
  for (const example of examples) {
    at = packed.writeInt32LE(example.context, at);
    at = packed.writeInt32LE(example.position, at);
    at = packed.writeFloatLE(example.activation, at);
    at = packed.writeInt32LE(example.duplicates, at);
    at = packed.writeInt32LE(example.from, at);
    at = packed.writeInt32LE(example.to, at);
    at = packed.writeInt32LE(example.firingPositions.length, at);
    for (let i = 0; i < example.firingPositions.length; i++) {
      at = packed.writeInt32LE(example.firingPositions[i] ?? 0, at);
      at = packed.writeFloatLE(example.firingActivations[i] ?? 0, at);
    }
  }
  return packed;
}

export function unpackExamples(packed: Buffer): StoredExample[] {
  const examples: StoredExample[] = [];
  for (let at = 0; at < packed.length; ) {
    const count = packed.readInt32LE(at + 24);
    const firingPositions = new Int32Array(count);
    const firingActivations = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      firingPositions[i] = packed.readInt32LE(at + headBytes + i * firingBytes);
      firingActivations[i] = packed.readFloatLE(at + headBytes + i * firingBytes + 4);
    }
    examples.push({
      context: packed.readInt32LE(at),
      position: packed.readInt32LE(at + 4),
      activation: packed.readFloatLE(at + 8),
      duplicates: packed.readInt32LE(at + 12),
      from: packed.readInt32LE(at + 16),
      to: packed.readInt32LE(at + 20),
      firingPositions,
      firingActivations,
    });
    at += headBytes + count * firingBytes;
  }
  return examples;
}
