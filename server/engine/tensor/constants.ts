import { asConstant, discardConstant } from "./scope";
import type { Tensor } from "./tensor";

/** Constants by what they hold. Beyond `most`, one that was not used lately is freed: whoever asks for one uses it at once. */
export class Constants {
  readonly #most: number;
  /** Least recently used first, by what was used since they are half full. */
  readonly #held = new Map<string, Tensor>();

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string, make: () => Tensor): Tensor {
    const known = this.#held.get(key);
    // Most steps ask for few constants many times, and moving an entry costs more than finding it.
    if (known !== undefined && this.#held.size <= this.#most / 2) return known;
    const held = known ?? asConstant(make());
    this.#held.delete(key);
    this.#held.set(key, held);
    if (this.#held.size > this.#most) this.#freeOldest();
    return held;
  }

  /** Reaching the first entry of a Map is slow after many deletions, so only when one must go. */
  #freeOldest(): void {
    const [oldest] = this.#held;
    if (oldest === undefined) return;
    this.#held.delete(oldest[0]);
    discardConstant(oldest[1]);
  }
}
