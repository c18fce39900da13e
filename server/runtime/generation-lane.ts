import { stepGenerations } from "@/server/engine/generation/running-generation";
import type { CausalModel } from "@/server/engine/models/causal-model";
import type { DeviceTurns } from "./device-turns";
import type { GenerationSeat } from "./generation-seat";

/** Arms that one step reads together: as many as the products of few rows serve; beyond them a step gains nothing. */
const mostRowsAtOnce = 32;

type LaneOptions = {
  readonly model: CausalModel;
  readonly turns: DeviceTurns;
  /** Whether caches of so many bytes may be held beside those that are. */
  hasRoomFor(bytes: number): boolean;
};

/** The generations over one base model, stepped together: one interactive turn of the device reads a prompt, or one token of every arm. */
export class GenerationLane {
  readonly #model: CausalModel;
  readonly #turns: DeviceTurns;
  readonly #hasRoomFor: (bytes: number) => boolean;
  #queued: GenerationSeat[] = [];
  #running: GenerationSeat[] = [];
  #isGoing = false;
  /** Prompts and steps take turns, so that neither who comes nor who is there waits for all of the others. */
  #hasJustStarted = false;

  constructor({ model, turns, hasRoomFor }: LaneOptions) {
    this.#model = model;
    this.#turns = turns;
    this.#hasRoomFor = hasRoomFor;
  }

  /** Arms whose caches are held. */
  get rows(): number {
    return rowsOf(this.#running);
  }

  /** What their caches hold. */
  get cacheBytes(): number {
    return this.#running.reduce((sum, seat) => sum + seat.cacheBytes(this.#model), 0);
  }

  get isEmpty(): boolean {
    this.#forgetOver();
    return this.#queued.length === 0 && this.#running.length === 0;
  }

  join(seat: GenerationSeat): void {
    this.#queued.push(seat);
    this.wake();
  }

  /** Goes on when there is something to do; called when a seat was taken, left or paused no longer. */
  wake(): void {
    if (this.#isGoing) return;
    this.#isGoing = true;
    void this.#go();
  }

  async #go(): Promise<void> {
    while (this.#hasWork()) await this.#turns.take("interactive", () => this.#turn());
    this.#isGoing = false;
  }

  #hasWork(): boolean {
    this.#forgetOver();
    return this.#admissible() !== undefined || this.#ready().length > 0;
  }

  #turn(): void {
    this.#forgetOver();
    const next = this.#admissible();
    const ready = this.#ready();
    if (next !== undefined && (!this.#hasJustStarted || ready.length === 0)) {
      this.#hasJustStarted = true;
      this.#queued.shift();
      this.#running.push(next);
      next.start(this.#model);
      return;
    }
    this.#hasJustStarted = false;
    this.#step(ready);
  }

  #step(ready: readonly GenerationSeat[]): void {
    const seats: GenerationSeat[] = [];
    for (const seat of ready) {
      if (seats.length > 0 && rowsOf(seats) + seat.rows > mostRowsAtOnce) break;
      seats.push(seat);
    }
    const running = seats.flatMap(({ generation }) => generation ?? []);
    try {
      stepGenerations(this.#model, running).forEach((outcome, at) => {
        seats[at]?.receive(outcome);
      });
    } catch (error) {
      for (const seat of seats) seat.fail(error);
    }
    // Who had no place in this step is first in the next one.
    if (seats.length < ready.length) this.#running = [...this.#running.filter((seat) => !seats.includes(seat)), ...seats];
  }

  /** The first in line, where there is room for it. */
  #admissible(): GenerationSeat | undefined {
    const [first] = this.#queued;
    if (first === undefined) return undefined;
    const ready = this.#ready();
    const hasPlace = ready.length === 0 || rowsOf(ready) + first.rows <= mostRowsAtOnce;
    return hasPlace && this.#hasRoomFor(first.cacheBytes(this.#model)) ? first : undefined;
  }

  #ready(): GenerationSeat[] {
    return this.#running.filter((seat) => seat.state === "running" && !seat.isPaused);
  }

  #forgetOver(): void {
    const isThere = (seat: GenerationSeat) => seat.state !== "over";
    this.#queued = this.#queued.filter(isThere);
    this.#running = this.#running.filter(isThere);
  }
}

function rowsOf(seats: readonly GenerationSeat[]): number {
  return seats.reduce((sum, { rows }) => sum + rows, 0);
}
