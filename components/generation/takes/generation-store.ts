import { streamGenerate } from "@/lib/client/generate";
import type { GenerateEvent, GenerateRequest } from "@/lib/contract/generate";
import { continuation, resume } from "./continuation";
import { begin, fail, type Generation, receive, stop } from "./generation";
import { addTake, changeTake, chooseTake, noTakes, shownTake, type Takes, takeOf } from "./takes";

type Step = { readonly request: GenerateRequest; readonly key: number; readonly begin: (before: Takes) => Takes };

/**
 * Generates, one request at a time, and remembers what a visit gave. It stands outside of React's state, so that only those parts of the page draw with
 * every token that show tokens. Events are taken in once a frame.
 */
export class GenerationStore {
  #takes: Takes = noTakes;
  #lastKey = 0;
  #current: AbortController | null = null;
  readonly #runId: string;
  readonly #onKept: () => void;
  readonly #listeners = new Set<() => void>();

  /** @param onKept called after each generation, which the run's history then has */
  constructor(runId: string, onKept: () => void) {
    this.#runId = runId;
    this.#onKept = onKept;
  }

  readonly takes = (): Takes => this.#takes;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Runs requests one after another; the first is shown at once, and each as it begins. What ran before ends. */
  readonly run = (...requests: readonly GenerateRequest[]): void => {
    const steps = requests.map((request) => {
      const key = this.#nextKey();
      return { request, key, begin: (before: Takes) => addTake(before, key, begin(request)) };
    });
    void this.#start(steps);
  };

  /** Shows what the same request gave before, or runs it. */
  readonly show = (request: GenerateRequest): void => {
    const known = takeOf(this.#takes, request);
    if (known === undefined) this.run(request);
    else {
      this.stop();
      this.choose(known.key);
    }
  };

  readonly choose = (key: number): void => this.#set((before) => chooseTake(before, key));

  /** Continues the arms that are shown. */
  readonly goOn = (): void => {
    const shown = shownTake(this.#takes);
    const request = shown === undefined ? null : continuation(shown.generation);
    if (shown === undefined || request === null) return;
    const { key } = shown;
    void this.#start([{ request, key, begin: (before) => changeTake(before, key, resume) }]);
  };

  /** Ends what runs; the worker is told. What came stays. */
  readonly stop = (): void => {
    this.#current?.abort();
    this.#current = null;
    if (this.#takes.list.some(({ generation }) => generation.status === "running"))
      this.#set((before) => ({ ...before, list: before.list.map((take) => ({ ...take, generation: stop(take.generation) })) }));
  };

  /** Shows one that was generated before, from the history. */
  readonly open = (kept: Generation): void => {
    this.stop();
    const key = this.#nextKey();
    this.#set((before) => addTake(before, key, kept));
  };

  /** Shows nothing; what was generated stays. */
  readonly clear = (): void => {
    this.stop();
    this.#set((before) => ({ ...before, shown: null }));
  };

  #nextKey(): number {
    this.#lastKey += 1;
    return this.#lastKey;
  }

  #set(change: (before: Takes) => Takes): void {
    this.#takes = change(this.#takes);
    for (const listener of this.#listeners) listener();
  }

  async #start(steps: readonly Step[]): Promise<void> {
    this.stop();
    const controller = new AbortController();
    this.#current = controller;
    for (const step of steps) {
      this.#set(step.begin);
      await read(this.#runId, step.request, controller.signal, (change) => {
        if (!controller.signal.aborted) this.#set((before) => changeTake(before, step.key, change));
      });
      this.#onKept();
      const isDone = this.#takes.list.some(({ key, generation }) => key === step.key && generation.status === "done");
      if (controller.signal.aborted || !isDone) return;
    }
  }
}

async function read(
  runId: string,
  request: GenerateRequest,
  signal: AbortSignal,
  change: (by: (before: Generation) => Generation) => void,
): Promise<void> {
  let waiting: GenerateEvent[] = [];
  let isScheduled = false;
  const flush = () => {
    isScheduled = false;
    const events = waiting;
    waiting = [];
    if (events.length > 0) change((before) => receive(before, events));
  };
  try {
    for await (const event of streamGenerate(runId, request, { signal })) {
      waiting.push(event);
      if (!isScheduled) {
        isScheduled = true;
        requestAnimationFrame(flush);
      }
    }
    flush();
    change((before) =>
      before.status === "running" ? fail(before, "The stream ended early. The worker may have stopped; run again.") : before,
    );
  } catch (error) {
    flush();
    change((before) => fail(before, error instanceof Error ? error.message : String(error)));
  }
}
