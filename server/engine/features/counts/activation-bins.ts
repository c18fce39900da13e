import { numHalfOctaves } from "@/lib/numbers/half-octaves";

/**
 * Counts of |activation| by half octave, for each latent and sign. A row of 64 counts takes 256 bytes and is made only for a latent that
 * fired with that sign.
 */
export class ActivationBins {
  readonly numLatents: number;
  /** (2 · numLatents; positive, then negative) which row of counts is the latent's, −1 for none */
  readonly rows: Int32Array;
  counts = new Uint32Array(0);
  usedRows = 0;

  constructor(numLatents: number) {
    this.numLatents = numLatents;
    this.rows = new Int32Array(2 * numLatents).fill(-1);
  }

  /** Where the latent's counts of one sign begin; made when it has none. `counts` may be another array afterwards. */
  start(latent: number, isNegative: boolean): number {
    const at = isNegative ? this.numLatents + latent : latent;
    const known = this.rows[at] as number;
    if (known >= 0) return known * numHalfOctaves;
    const start = this.usedRows * numHalfOctaves;
    if (start === this.counts.length) {
      const grown = new Uint32Array(Math.max(numHalfOctaves * 16, numHalfOctaves * Math.ceil(1.5 * this.usedRows)));
      grown.set(this.counts);
      this.counts = grown;
    }
    this.rows[at] = this.usedRows++;
    return start;
  }

  /** The latent's counts of one sign begin here; −1 where it has none. */
  find(latent: number, isNegative: boolean): number {
    const row = this.rows[isNegative ? this.numLatents + latent : latent] ?? -1;
    return row < 0 ? -1 : row * numHalfOctaves;
  }

  /** 64 counts of positive activations, then 64 of negative ones. */
  of(latent: number): Uint32Array {
    const both = new Uint32Array(2 * numHalfOctaves);
    [false, true].forEach((isNegative, sign) => {
      const start = this.find(latent, isNegative);
      if (start >= 0) both.set(this.counts.subarray(start, start + numHalfOctaves), sign * numHalfOctaves);
    });
    return both;
  }

  /** All latents and both signs together, by bin. */
  total(): Float64Array {
    const total = new Float64Array(numHalfOctaves);
    for (let at = 0; at < this.usedRows * numHalfOctaves; at++) {
      total[at % numHalfOctaves] = (total[at % numHalfOctaves] as number) + (this.counts[at] as number);
    }
    return total;
  }
}
