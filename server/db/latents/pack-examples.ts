/** One example of a latent: where it fires, and its activations in the window around. */
export type StoredExample = {
  /** Number of the context in its collection. */
  context: number;
  /** Position in the context. */
  position: number;
  activation: number;
  /** Contexts that are equal around the peak, folded into this one. */
  duplicates: number;
  /** The window shown, as positions: `from` inclusive, `to` exclusive. */
  from: number;
  to: number;
  /** Positions in the window where the latent fires, ascending, the peak among them, and its activations there. */
  firingPositions: ArrayLike<number>;
  firingActivations: ArrayLike<number>;
};

/** A sample of the firings between two quantiles of their rank, 0…1 from the weakest; `lowest` and `highest` are the activations at its ends. */
export type StoredBand = {
  from: number;
  to: number;
  firings: number;
  lowest: number | null;
  highest: number | null;
  examples: readonly StoredExample[];
};

/** A latent's strongest examples, strongest first, and its bands, weakest first. */
export type LatentExamples = { top: readonly StoredExample[]; bands: readonly StoredBand[] };

/** Of the packed form; a reader refuses another. */
const version = 2;
const headBytes = 3 * 4;
const bandBytes = 6 * 4;
const exampleBytes = 7 * 4;
const firingBytes = 8;

/**
 * Packs a latent's examples, all numbers 4 bytes, little-endian: version, how many top examples and bands; a head of 6 numbers for each band; then the
 * examples, the top ones before the bands', each a head of 7 numbers and its (position, activation) pairs.
 */
export function packExamples({ top, bands }: LatentExamples): Buffer {
  const examples = [...top, ...bands.flatMap((band) => band.examples)];
  const bytes = examples.reduce((sum, { firingPositions }) => sum + exampleBytes + firingPositions.length * firingBytes, 0);
  const packed = Buffer.allocUnsafe(headBytes + bands.length * bandBytes + bytes);
  let at = packed.writeInt32LE(version, 0);
  at = packed.writeInt32LE(top.length, at);
  at = packed.writeInt32LE(bands.length, at);
  for (const band of bands) {
    at = packed.writeFloatLE(band.from, at);
    at = packed.writeFloatLE(band.to, at);
    at = packed.writeInt32LE(band.firings, at);
    at = packed.writeFloatLE(band.lowest ?? Number.NaN, at);
    at = packed.writeFloatLE(band.highest ?? Number.NaN, at);
    at = packed.writeInt32LE(band.examples.length, at);
  }
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

/** @throws RangeError for a form that this version does not read */
export function unpackExamples(packed: Buffer): LatentExamples {
  if (packed.readInt32LE(0) !== version) throw new RangeError(`examples are packed in form ${packed.readInt32LE(0)}, not ${version}`);
  const numTop = packed.readInt32LE(4);
  const numBands = packed.readInt32LE(8);
  const examples = unpackEach(packed, headBytes + numBands * bandBytes);
  let first = numTop;
  const bands = Array.from({ length: numBands }, (_, band): StoredBand => {
    const at = headBytes + band * bandBytes;
    const start = first;
    first += packed.readInt32LE(at + 20);
    return {
      from: shortest(packed.readFloatLE(at)),
      to: shortest(packed.readFloatLE(at + 4)),
      firings: packed.readInt32LE(at + 8),
      lowest: orNull(packed.readFloatLE(at + 12)),
      highest: orNull(packed.readFloatLE(at + 16)),
      examples: examples.slice(start, first),
    };
  });
  return { top: examples.slice(0, numTop), bands };
}

function unpackEach(packed: Buffer, start: number): StoredExample[] {
  const examples: StoredExample[] = [];
  for (let at = start; at < packed.length; ) {
    const count = packed.readInt32LE(at + 24);
    const firingPositions = new Int32Array(count);
    const firingActivations = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      firingPositions[i] = packed.readInt32LE(at + exampleBytes + i * firingBytes);
      firingActivations[i] = packed.readFloatLE(at + exampleBytes + i * firingBytes + 4);
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
    at += exampleBytes + count * firingBytes;
  }
  return examples;
}

/** A quantile as originally written: 0.95, not float32's 0.949999988. */
function shortest(quantile: number): number {
  return Math.round(quantile * 1e6) / 1e6;
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
