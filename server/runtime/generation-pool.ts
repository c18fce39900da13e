import type { GenerationEvent, GenerationRequest } from "@/server/engine/generation/generation-request";
import type { CausalModel } from "@/server/engine/models/causal-model";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import type { DeviceTurns } from "./device-turns";
import { GenerationLane } from "./generation-lane";
import { GenerationSeat } from "./generation-seat";

/**
 * All generations of a worker. Those over one base model share its decode steps, whatever their adapters, edits and arms; a request joins between two
 * steps and leaves when it is done or its reader goes. All caches together stay within a budget: a request that finds no room waits in line.
 */
export class GenerationPool {
  readonly #turns: DeviceTurns;
  readonly #budgetBytes: number;
  readonly #lanes = new Map<CausalModel, GenerationLane>();

  /** @param options.budgetBytes of keys and values; a generation that is alone may exceed it */
  constructor(options: { turns: DeviceTurns; budgetBytes: number }) {
    this.#turns = options.turns;
    this.#budgetBytes = options.budgetBytes;
  }

  /** Arms whose caches are held now. */
  get rows(): number {
    return [...this.#lanes.values()].reduce((sum, { rows }) => sum + rows, 0);
  }

  /** What their caches hold. */
  get cacheBytes(): number {
    return [...this.#lanes.values()].reduce((sum, { cacheBytes }) => sum + cacheBytes, 0);
  }

  /**
   * Generates beside the others. Leaving the loop, or aborting the signal, frees what the request holds at once; it then simply ends.
   *
   * @param model held by the caller until the iteration is over
   * @throws RangeError as `startGeneration` and `stepGenerations`; SlowReaderError when the iteration is not continued for too long
   */
  async *run(
    model: CausalModel,
    tokenizer: Tokenizer,
    request: GenerationRequest,
    signal: AbortSignal,
  ): AsyncGenerator<GenerationEvent, void> {
    if (signal.aborted) return;
    const lane = this.#laneOf(model);
    const seat = new GenerationSeat(tokenizer, request, () => this.#wake());
    const leave = () => seat.leave();
    signal.addEventListener("abort", leave);
    lane.join(seat);
    try {
      for (;;) {
        const event = await seat.next();
        if (event === undefined) return;
        yield event;
      }
    } finally {
      signal.removeEventListener("abort", leave);
      seat.leave();
      if (lane.isEmpty) this.#lanes.delete(model);
    }
  }

  #laneOf(model: CausalModel): GenerationLane {
    const known = this.#lanes.get(model);
    if (known !== undefined) return known;
    const hasRoomFor = (bytes: number) => this.rows === 0 || this.cacheBytes + bytes <= this.#budgetBytes;
    const lane = new GenerationLane({ model, turns: this.#turns, hasRoomFor });
    this.#lanes.set(model, lane);
    return lane;
  }

  /** What one lane frees, another may have waited for. */
  #wake(): void {
    for (const lane of this.#lanes.values()) lane.wake();
  }
}
