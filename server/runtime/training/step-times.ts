/** Times of a run's steps: what is left, and what a step costs. */
export class StepTimes {
  readonly #recent: number[] = [];

  /** Only so many are kept: a run may slow down or speed up as others come and go. */
  static readonly window = 201;

  add(stepMs: number): void {
    this.#recent.push(stepMs);
    if (this.#recent.length > StepTimes.window) this.#recent.shift();
  }

  /** Null before the first step. */
  get medianMs(): number | null {
    if (this.#recent.length === 0) return null;
    const sorted = this.#recent.toSorted((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? null;
  }

  secondsLeft(steps: number): number | null {
    const medianMs = this.medianMs;
    return medianMs === null ? null : (steps * medianMs) / 1000;
  }
}
