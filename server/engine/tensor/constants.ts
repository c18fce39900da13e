import { asConstant, discardConstant } from "./scope";
import type { Tensor } from "./tensor";

/** Constants by what they hold. Beyond `most`, the least recently used is freed: whoever asks for one uses it at once. */
export class Constants {
  readonly #most: number;
  /** Least recently used first. */
  readonly #held = new Map<string, Tensor>();

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string, make: () => Tensor): Tensor {
    const held = this.#held.get(key) ?? asConstant(make());
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
