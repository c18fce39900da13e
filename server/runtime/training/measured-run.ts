import { measureBytes } from "@/server/engine/tensor/scope";
import type { OwnTurns } from "@/server/runtime/own-turns";
import type { MeasuredSoFar } from "./training-checkpoint";

/** What a training takes of the machine, whatever else the worker does: its tensors, and its device time beside that of others. */
export class MeasuredRun {
  readonly #turns: OwnTurns;
  readonly #before: MeasuredSoFar | undefined;
  #heldBytes = 0;
  #peakBytes: number;

  /** @param before what was measured up to the checkpoint; null for a fresh start, undefined where it was not recorded */
  constructor(turns: OwnTurns, before: MeasuredSoFar | null | undefined) {
    this.#turns = turns;
    this.#before = before === null ? { peakBytes: 0, ownMs: 0, othersMs: 0 } : before;
    this.#peakBytes = this.#before?.peakBytes ?? 0;
  }

  /** Runs a part of the training and counts what it makes. */
  count<T>(work: () => T): T {
    const { result, peakBytes, leftBytes } = measureBytes(work);
    this.#peakBytes = Math.max(this.#peakBytes, this.#heldBytes + peakBytes);
    this.#heldBytes += leftBytes;
    return result;
  }

  /** Undefined where a part of the run was not recorded. */
  get soFar(): MeasuredSoFar | undefined {
    if (this.#before === undefined) return undefined;
    const { ownMs, othersMs } = this.#turns;
    return { peakBytes: this.#peakBytes, ownMs: this.#before.ownMs + ownMs, othersMs: this.#before.othersMs + othersMs };
  }
}
