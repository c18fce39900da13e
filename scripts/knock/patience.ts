import { setTimeout as sleep } from "node:timers/promises";

const pauseMs = 100;

/** Waiting for an application, counted in pauses: what a busy machine takes between them is not held against it, nor is time in which all stood still. */
export class Patience {
  #leftMs: number;

  constructor(ms: number) {
    this.#leftMs = ms;
  }

  /** Pauses. @returns false, at once, when patience is at its end */
  async lasts(): Promise<boolean> {
    if (this.#leftMs <= 0) return false;
    await sleep(pauseMs);
    this.#leftMs -= pauseMs;
    return true;
  }
}
