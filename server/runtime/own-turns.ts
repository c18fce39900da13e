import type { DeviceTurns, TurnKind, Turns } from "./device-turns";

/** The turns that one piece of work takes, and how long others have had the device meanwhile. */
export class OwnTurns implements Turns {
  readonly #all: DeviceTurns;
  readonly #busyBeforeMs: number;
  #ownMs = 0;

  constructor(all: DeviceTurns) {
    this.#all = all;
    this.#busyBeforeMs = all.busyMs;
  }

  get ownMs(): number {
    return this.#ownMs;
  }

  get othersMs(): number {
    return this.#all.busyMs - this.#busyBeforeMs - this.#ownMs;
  }

  take<T>(kind: TurnKind, work: (isTimeUp: () => boolean) => T | Promise<T>): Promise<T> {
    return this.#all.take(kind, work, (elapsedMs) => {
      this.#ownMs += elapsedMs;
    });
  }
}
