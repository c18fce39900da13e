import { setImmediate as nextRound } from "node:timers/promises";

/** Work that a person waits for, and work that runs for minutes. */
export type TurnKind = "interactive" | "background";

/** What work that takes turns needs. */
export type Turns = Pick<DeviceTurns, "take">;

/** Our choice: a turn of work in parts ends with the first part that ends after this time. */
const turnMs = 100;

/** Our choice: the part of the device's time that background work gets while interactive work wants it too. */
export const backgroundShare = 1 / 4;

/**
 * Who may use the device next. One turn runs at a time: some parts of a training step, one token of a generation. Interactive turns go first, but each
 * owes the background its share of the time; while the background is owed time, it goes first.
 */
export class DeviceTurns {
  readonly #now: () => number;
  readonly #waiting: Record<TurnKind, (() => void)[]> = { interactive: [], background: [] };
  /** 1 while work is done in a turn: for other threads, which cannot ask a thread that is inside one. */
  readonly inside = new Int32Array(new SharedArrayBuffer(4));
  #isTaken = false;
  /** Milliseconds that the background is owed; less than 0 when it has had more than its share. */
  #owedMs = 0;
  #busyMs = 0;

  /** @param now a monotonic clock, milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** How long all turns so far have taken, milliseconds. */
  get busyMs(): number {
    return this.#busyMs;
  }

  /**
   * Waits for a turn and does the work in it; the event loop comes round before the next turn is given.
   *
   * @param onEnd told how long the turn took, milliseconds
   */
  async take<T>(kind: TurnKind, work: (isTimeUp: () => boolean) => T | Promise<T>, onEnd?: (elapsedMs: number) => void): Promise<T> {
    await this.#wait(kind);
    const startedAt = this.#now();
    Atomics.store(this.inside, 0, 1);
    try {
      return await work(() => this.#now() - startedAt >= turnMs);
    } finally {
      Atomics.store(this.inside, 0, 0);
      const elapsedMs = this.#now() - startedAt;
      this.#busyMs += elapsedMs;
      onEnd?.(elapsedMs);
      // Not awaited: whoever had the turn asks for the next one before it is given.
      void this.#pass(kind, elapsedMs);
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
  async #pass(kind: TurnKind, elapsedMs: number): Promise<void> {
    await nextRound();
    const { interactive, background } = this.#waiting;
    this.#account(kind, elapsedMs);
    const first = this.#owedMs > 0 ? background : interactive;
    const next = first.shift() ?? interactive.shift() ?? background.shift();
    if (next === undefined) this.#isTaken = false;
    else next();
  }

  /** Only time during which the other kind waited counts. */
  #account(kind: TurnKind, elapsedMs: number): void {
    const isOtherWaiting = this.#waiting[kind === "interactive" ? "background" : "interactive"].length > 0;
    if (!isOtherWaiting) this.#owedMs = 0;
    else if (kind === "background") this.#owedMs -= elapsedMs;
    else this.#owedMs += (elapsedMs * backgroundShare) / (1 - backgroundShare);
  }
}
