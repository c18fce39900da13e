import { setImmediate as nextRound } from "node:timers/promises";

/** Work that a person waits for, and work that runs for minutes. */
export type TurnKind = "interactive" | "background";

/** The least that interactive work gets between two background steps while both wait, in milliseconds. */
const leastShareMs = 200;

/**
 * Who may use the device next. One turn runs at a time: a training step, one token of a generation. Interactive turns go
 * first, until they have had as long as the last background turn took; then a background turn goes between, so that a
 * long generation and a training run share the device evenly and neither stands still.
 */
export class DeviceTurns {
  readonly #now: () => number;
  readonly #waiting: Record<TurnKind, (() => void)[]> = { interactive: [], background: [] };
  #isTaken = false;
  #lastBackgroundMs = 0;
  #interactiveMs = 0;

  /** @param now a monotonic clock, milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Waits for a turn and does the work in it; the event loop comes round before the next turn is given. */
  async take<T>(kind: TurnKind, work: () => T | Promise<T>): Promise<T> {
    await this.#wait(kind);
    const startedAt = this.#now();
    try {
      return await work();
    } finally {
      const elapsedMs = this.#now() - startedAt;
      if (kind === "background") {
        this.#lastBackgroundMs = elapsedMs;
        this.#interactiveMs = 0;
      } else {
        this.#interactiveMs += elapsedMs;
      }
      // Not awaited: whoever had the turn asks for the next one before it is given.
      void this.#pass();
    }
  }

  async #wait(kind: TurnKind): Promise<void> {
    if (!this.#isTaken) {
      this.#isTaken = true;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting[kind].push(resolve));
  }

  /** Requests that arrived while the device was busy are still in the event loop: read them before choosing. */
  async #pass(): Promise<void> {
    await nextRound();
    const { interactive, background } = this.#waiting;
    const isBackgroundDue = this.#interactiveMs >= Math.max(this.#lastBackgroundMs, leastShareMs);
    const first = isBackgroundDue ? background : interactive;
    const next = first.shift() ?? interactive.shift() ?? background.shift();
    if (next === undefined) this.#isTaken = false;
    else next();
  }
}
