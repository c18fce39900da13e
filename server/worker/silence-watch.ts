/** How long the first thread may be silent, milliseconds; ours. */
export const mostSilence = {
  /** Inside a turn of the device: a step of a large model or its loading may take minutes. */
  insideDevice: 15 * 60_000,
  /** Anywhere else nothing takes so long but a fault, such as a loop without end. */
  outside: 20_000,
} as const;

/**
 * Tells whether the first thread hangs, from what a second thread sees each time it looks. Only time is counted in which the second thread ran itself:
 * a process that was stopped, or a machine that slept, is not silent.
 */
export class SilenceWatch {
  readonly #now: () => number;
  readonly #lookEveryMs: number;
  readonly #silence = { insideDevice: 0, outside: 0 };
  #lookedAt: number;

  /** @param now a monotonic clock, milliseconds */
  constructor(now: () => number, lookEveryMs: number) {
    this.#now = now;
    this.#lookEveryMs = lookEveryMs;
    this.#lookedAt = now();
  }

  /** The first thread has spoken. */
  heard(): void {
    this.#silence.insideDevice = 0;
    this.#silence.outside = 0;
  }

  /** @returns what is wrong, as the end of "the worker …"; undefined while nothing is */
  look(isInsideDevice: boolean): string | undefined {
    const now = this.#now();
    this.#silence[isInsideDevice ? "insideDevice" : "outside"] += Math.min(now - this.#lookedAt, 2 * this.#lookEveryMs);
    this.#lookedAt = now;
    if (this.#silence.outside > mostSilence.outside) {
      return `was killed because it did not respond for ${mostSilence.outside / 1000} s outside of any computation`;
    }
    if (this.#silence.insideDevice > mostSilence.insideDevice) {
      return `was killed because one computation did not finish within ${mostSilence.insideDevice / 60_000} minutes`;
    }
    return undefined;
  }
}
