import type { Store } from "@/server/db/client";
import { isDatabaseDown } from "@/server/db/retry-while-down";
import type { WorkKind } from "@/server/db/tables/work-tables";
import { handBackLease } from "@/server/db/work/leases";
import { takeWork } from "@/server/db/work/take-work";
import { giveUp } from "./give-up";
import { DeclinedError, HandedBackError, HeldWork, LeaseLostError, leaseMs, mostDeaths, mostDeathsBesideOthers } from "./held-work";

/** Does one piece of work to its end, and writes down how it ended; what it throws is a bug or one of held-work's errors. */
export type Job = (work: HeldWork) => Promise<void>;

/** Kinds of work that share some places. */
export type Lane = {
  /** The more urgent first. */
  readonly kinds: readonly WorkKind[];
  /** How many pieces are done at a time. */
  readonly concurrency: number;
};

export type WorkLoopOptions = {
  readonly store: Store;
  readonly dataFolder: string;
  readonly workerId: string;
  readonly lanes: readonly Lane[];
  readonly jobs: Readonly<Record<WorkKind, Job>>;
  /** Told of errors that no job wrote down. */
  onError(error: unknown): void;
};

/** How long an idle loop waits before it looks again, when nobody wakes it. */
const pollMs = 2000;

/**
 * Takes unfinished work, new or left by a dead worker, whose lease nobody holds, and does it. Work that may be what kills its workers is done alone,
 * so that the last death is charged to it and to nothing that happened to run beside it.
 */
export class WorkLoop {
  readonly #options: WorkLoopOptions;
  readonly #held = new Map<HeldWork, Lane>();
  readonly #declined = new Set<string>();
  #isStopping = false;
  #isWoken = false;
  #wake: () => void = () => {};
  readonly #ended: Promise<void>;

  constructor(options: WorkLoopOptions) {
    this.#options = options;
    this.#ended = this.#run();
  }

  /** What it works on, and the parts of it. */
  get held(): readonly HeldWork[] {
    return [...this.#held.keys()].flatMap((work) => [work, ...work.parts]);
  }

  /** Something may have come: look at once. */
  wake(): void {
    this.#isWoken = true;
    this.#wake();
  }

  /** Hands back what is held, and ends when that is done. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const work of this.#held.keys()) work.handBack();
    this.wake();
    await this.#ended;
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      this.#isWoken = false;
      const hasBegun = await this.#takeOne().catch((error) => this.#missed(error));
      if (!hasBegun) await this.#pause();
    }
    while (this.#held.size > 0) {
      this.#isWoken = false;
      await this.#pause();
    }
  }

  #missed(error: unknown): false {
    if (!isDatabaseDown(error)) this.#options.onError(error);
    return false;
  }

  async #pause(): Promise<void> {
    if (this.#isWoken) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pollMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Takes and begins the next piece that there is a place for; false when there is none. */
  async #takeOne(): Promise<boolean> {
    if (this.held.some(({ isSuspect }) => isSuspect)) return false;
    for (const lane of this.#options.lanes) {
      for (const kind of lane.kinds) {
        const isFull = [...this.#held.values()].filter((other) => other === lane).length >= lane.concurrency;
        if (!isFull && (await this.#take(kind, lane))) return true;
      }
    }
    return false;
  }

  async #take(kind: WorkKind, lane: Lane): Promise<boolean> {
    const { store, workerId } = this.#options;
    const except = [...this.#declined, ...this.held.map(({ workId }) => workId)];
    const isAlone = this.#held.size === 0;
    const options = { except, mostDeaths: isAlone ? undefined : mostDeathsBesideOthers };
    const taken = await takeWork(store.db, { kind, workerId }, leaseMs, options);
    if (taken === undefined) return false;
    const work = new HeldWork(store, workerId, { kind, ...taken });
    if (taken.deaths >= mostDeaths) await giveUp(this.#options, work, taken.lastDeath);
    // Its last worker died since the look: it must wait until it can be done alone.
    else if (work.isSuspect && this.#held.size > 0) await handBackLease(store.db, work.lease);
    else this.#begin(work, lane);
    return true;
  }

  /** Starts a piece of work and lets the loop continue; its end wakes the loop. */
  #begin(work: HeldWork, lane: Lane): void {
    this.#held.set(work, lane);
    if (this.#isStopping) work.handBack();
    void this.#work(work).finally(() => {
      this.#held.delete(work);
      this.wake();
    });
  }

  async #work(work: HeldWork): Promise<void> {
    const { jobs, onError } = this.#options;
    let isOver = false;
    try {
      await jobs[work.kind](work);
      isOver = true;
    } catch (error) {
      if (error instanceof DeclinedError) this.#declined.add(work.workId);
      const isExpected = error instanceof HandedBackError || error instanceof LeaseLostError;
      if (!isExpected) onError(error);
    }
    await work.endLease({ isOver }).catch(onError);
  }
}
