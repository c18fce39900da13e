import { thresholdDecay } from "@/lib/contract/methods/stan/settings";
import type { Vector } from "@/lib/contract/methods/tensors";

/** The largest float32, which no pre-activation exceeds: before its first batch a module keeps nothing. */
const NOTHING_YET = 3.4028234663852886e38;

/** The stored threshold of a module that has not been trained. */
export function freshThreshold(): Vector {
  return { shape: [1], data: Float32Array.of(NOTHING_YET) };
}

/**
 * The value above which BatchTopK keeps a latent in inference: an exponential moving average of the smallest value that each micro-batch of
 * training kept. It follows whole steps, so that a step that fails leaves it as it was.
 */
export class Threshold {
  private current: number;
  private seen: number[] = [];

  constructor({ data: [stored = NOTHING_YET] }: Vector) {
    this.current = stored;
  }

  get value(): number {
    return this.current;
  }

  /** Forgets the micro-batches of a step that did not end. */
  beginStep(): void {
    this.seen = [];
  }

  /** @param smallest value that a micro-batch kept */
  observe(smallest: number): void {
    this.seen.push(smallest);
  }

  endStep(): void {
    for (const smallest of this.seen) {
      this.current = this.current === NOTHING_YET ? smallest : Math.fround(thresholdDecay * this.current + (1 - thresholdDecay) * smallest);
    }
    this.seen = [];
  }

  stored(): Vector {
    return { shape: [1], data: Float32Array.of(this.current) };
  }
}
