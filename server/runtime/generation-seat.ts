import type { GenerationEvent, GenerationRequest } from "@/server/engine/generation/generation-request";
import {
  freeGeneration,
  isOver,
  type RunningGeneration,
  roomOf,
  type StepOutcome,
  startGeneration,
} from "@/server/engine/generation/running-generation";
import type { CausalModel } from "@/server/engine/models/causal-model";
import type { Tokenizer } from "@/server/engine/text/tokenizer";

/** Events that wait for a reader before its generation pauses. */
const mostWaiting = 64;

/** Our choice: a reader that has taken nothing for so long while its generation was paused loses its place. */
export const longestPauseMs = 30_000;

/** Told to a reader that lost its place, as the last thing. */
export class SlowReaderError extends Error {
  override readonly name = "SlowReaderError";

  constructor() {
    super(`The generation was stopped because nothing was read for ${longestPauseMs / 1000} s and others need its memory. Start it again.`);
  }
}

/** One request's place among the generations of a model: what it has made and its reader has not taken yet, and what became of it. */
export class GenerationSeat {
  readonly #tokenizer: Tokenizer;
  readonly #request: GenerationRequest;
  readonly #onChange: () => void;
  readonly #waiting: GenerationEvent[] = [];
  #generation: RunningGeneration | undefined;
  #state: "queued" | "running" | "over" = "queued";
  #failure: { readonly error: unknown } | undefined;
  #pause: NodeJS.Timeout | undefined;
  #wakeReader: () => void = () => {};

  /** @param onChange called when the seat can continue after a pause, or has left */
  constructor(tokenizer: Tokenizer, request: GenerationRequest, onChange: () => void) {
    this.#tokenizer = tokenizer;
    this.#request = request;
    this.#onChange = onChange;
  }

  get state(): "queued" | "running" | "over" {
    return this.#state;
  }

  /** The running generation; undefined before and after. */
  get generation(): RunningGeneration | undefined {
    return this.#generation;
  }

  /** Arms that a step of it reads; before it begins, those that it will have. A given text is read by all arms at once. */
  get rows(): number {
    const live = this.#generation?.live.length ?? 0;
    return this.#state === "over" ? 0 : live > 0 ? live : this.#request.arms.length;
  }

  /** Bytes of keys and values that it holds or, before it begins, will hold. */
  cacheBytes({ config, cacheBytesPerToken }: CausalModel): number {
    if (this.#state === "over") return 0;
    const room =
      this.#generation?.live.reduce((sum, { sequence }) => sum + sequence.maxTokens, 0) ?? roomOf(this.#request, config.contextLength);
    return room * cacheBytesPerToken;
  }

  /** Its reader has not taken what is there: it makes no more for now. */
  get isPaused(): boolean {
    return this.#waiting.length >= mostWaiting;
  }

  /** Reads the prompt; a failure is the reader's. */
  start(model: CausalModel): void {
    try {
      this.#generation = startGeneration(model, this.#tokenizer, this.#request);
      this.#state = "running";
      this.#take(this.#generation.opening);
    } catch (error) {
      this.fail(error);
    }
  }

  receive(outcome: StepOutcome): void {
    if (outcome.kind === "failed") this.fail(outcome.error);
    else this.#take(outcome.events);
  }

  fail(error: unknown): void {
    if (this.#state === "over") return;
    this.#failure = { error };
    this.#end();
  }

  /** The next event, undefined after the last. @throws what made the generation fail, after the events before it */
  async next(): Promise<GenerationEvent | undefined> {
    while (this.#waiting.length === 0 && this.#state !== "over") {
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
    }
    const wasPaused = this.isPaused;
    const event = this.#waiting.shift();
    if (event === undefined && this.#failure !== undefined) throw this.#failure.error;
    if (wasPaused && !this.isPaused) {
      clearTimeout(this.#pause);
      this.#onChange();
    }
    return event;
  }

  /** The reader is gone: nothing is held or made any more. */
  leave(): void {
    this.#waiting.length = 0;
    this.#failure = undefined;
    if (this.#state !== "over") this.#end();
  }

  #take(events: readonly GenerationEvent[]): void {
    for (const event of events) this.#waiting.push(event);
    if (this.#generation !== undefined && isOver(this.#generation)) this.#end();
    else this.#wakeReader();
    if (this.#state === "running" && this.isPaused) {
      this.#pause = setTimeout(() => this.fail(new SlowReaderError()), longestPauseMs);
      this.#pause.unref();
    }
  }

  #end(): void {
    if (this.#generation !== undefined) freeGeneration(this.#generation);
    clearTimeout(this.#pause);
    this.#generation = undefined;
    this.#state = "over";
    this.#wakeReader();
    this.#onChange();
  }
}
