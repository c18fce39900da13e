import type { GenerationEvent, GenerationRequest } from "@/server/engine/generation/generation-request";
import type { CausalModel } from "@/server/engine/models/causal-model";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import type { DeviceTurns } from "./device-turns";
import { GenerationLane } from "./generation-lane";
import { GenerationSeat } from "./generation-seat";

/**
 * All generations of a worker. Those over one base model share its decode steps, whatever their adapters, edits and arms; a request joins between two
 * steps and leaves when it is done or its reader goes.
 */
export class GenerationPool {
  readonly #turns: DeviceTurns;
  readonly #lanes = new Map<CausalModel, GenerationLane>();

  constructor(turns: DeviceTurns) {
    this.#turns = turns;
  }

  /** Arms whose caches are held now. */
  get rows(): number {
    return [...this.#lanes.values()].reduce((sum, { rows }) => sum + rows, 0);
  }

  /**
   * Generates beside the others. Leaving the loop, or aborting the signal, frees what the request holds at once; it then simply ends.
   *
   * @param model held by the caller until the iteration is over
   * @throws RangeError as `startGeneration` and `stepGenerations`
   */
  async *run(
    model: CausalModel,
    tokenizer: Tokenizer,
    request: GenerationRequest,
    signal: AbortSignal,
  ): AsyncGenerator<GenerationEvent, void> {
    if (signal.aborted) return;
    const lane = this.#laneOf(model);
    const seat = new GenerationSeat(tokenizer, request, () => lane.wake());
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
    const lane = new GenerationLane(model, this.#turns);
    this.#lanes.set(model, lane);
    return lane;
  }
}
