import type PgBoss from "pg-boss";
import type { Store } from "@/server/db/client";
import { listUnfinishedCollections } from "@/server/db/latents/collections";
import { listOpenShards } from "@/server/db/latents/shards";
import { isDatabaseDown, retryWhileDown } from "@/server/db/retry-while-down";
import { listUnfinishedRuns } from "@/server/db/runs/runs";
import type { WorkKind } from "@/server/db/tables/work-tables";
import { acquireLease, listLeased, releaseLease } from "@/server/db/work/leases";
import type { QueueName, QueuePayloads, queueNames } from "@/server/db/work/queue";
import { listUnfinishedTasks } from "@/server/db/work/tasks";
import { DeclinedError, HandedBackError, HeldWork, LeaseLostError, leaseMs } from "./held-work";

/** Does one piece of work to its end, and writes down how it ended; what it throws is a bug or one of held-work's errors. */
export type Job = (work: HeldWork) => Promise<void>;

export type WorkLoopOptions = {
  readonly store: Store;
  readonly queue: PgBoss;
  readonly workerId: string;
  /** The kinds that this loop takes, the more urgent first. */
  readonly kinds: readonly WorkKind[];
  /** How many pieces it does at a time. */
  readonly concurrency: number;
  readonly jobs: Readonly<Record<WorkKind, Job>>;
  /** Told of errors that no job wrote down. */
  onError(error: unknown): void;
};

/** How long an idle loop waits before it looks again, when nobody wakes it. */
const pollMs = 2000;

/**
 * Takes work, one piece after another. The queue says what is new; what a dead worker left is found by its lease, which
 * has run out. Either way the lease decides who works on it.
 */
export class WorkLoop {
  readonly #options: WorkLoopOptions;
  readonly #held = new Set<HeldWork>();
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
    return [...this.#held].flatMap((work) => [work, ...work.parts]);
  }

  /** Something may have come: look at once. */
  wake(): void {
    this.#isWoken = true;
    this.#wake();
  }

  /** Hands back what is held, and ends when that is done. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const work of this.#held) work.handBack();
    this.wake();
    await this.#ended;
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      this.#isWoken = false;
      const work = this.#held.size < this.#options.concurrency ? await this.#take().catch((error) => this.#missed(error)) : undefined;
      if (work === undefined) await this.#pause();
      else this.#begin(work);
    }
    while (this.#held.size > 0) {
      this.#isWoken = false;
      await this.#pause();
    }
  }

  #missed(error: unknown): undefined {
    if (!isDatabaseDown(error)) this.#options.onError(error);
  }

  /** Starts a piece of work and lets the loop go on; its end wakes the loop. */
  #begin(work: HeldWork): void {
    this.#held.add(work);
    if (this.#isStopping) work.handBack();
    void this.#work(work).finally(() => {
      this.#held.delete(work);
      this.wake();
    });
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

  async #take(): Promise<HeldWork | undefined> {
    for (const kind of this.#options.kinds) {
      const work = (await this.#takeLeft(kind)) ?? (await this.#takeQueued(kind));
      if (work !== undefined) return work;
    }
    return undefined;
  }

  /** The oldest job in the kind's queue; it leaves the queue at once, since from here on the lease stands for it. */
  async #takeQueued(kind: WorkKind): Promise<HeldWork | undefined> {
    const { queue } = this.#options;
    const name = queueOf[kind];
    if (name === undefined) return undefined;
    for (;;) {
      const [job] = await queue.fetch<QueuePayloads[QueueName]>(name);
      if (job === undefined) return undefined;
      await queue.complete(name, job.id);
      const workId = workIdOf(job.data);
      const isUnfinished = (await this.#unfinished(kind)).includes(workId);
      const work = isUnfinished && !this.#holds(workId) ? await this.#acquire(kind, workId) : undefined;
      if (work !== undefined) return work;
    }
  }

  /** The oldest piece that is unfinished and that nobody holds. */
  async #takeLeft(kind: WorkKind): Promise<HeldWork | undefined> {
    const leased = new Set(await listLeased(this.#options.store.db, kind));
    for (const workId of await this.#unfinished(kind)) {
      const isTaken = leased.has(workId) || this.#holds(workId) || this.#declined.has(workId);
      const work = isTaken ? undefined : await this.#acquire(kind, workId);
      if (work !== undefined) return work;
    }
    return undefined;
  }

  #holds(workId: string): boolean {
    return this.held.some((work) => work.workId === workId);
  }

  async #unfinished(kind: WorkKind): Promise<string[]> {
    const { db } = this.#options.store;
    const list = {
      run: listUnfinishedRuns,
      collection: listUnfinishedCollections,
      shard: listOpenShards,
      task: listUnfinishedTasks,
    }[kind];
    return (await list(db)).map(({ id }) => id);
  }

  async #acquire(kind: WorkKind, workId: string): Promise<HeldWork | undefined> {
    const { store, workerId } = this.#options;
    const attempt = await acquireLease(store.db, { kind, workId, workerId }, leaseMs);
    return attempt === undefined ? undefined : new HeldWork(store, workerId, { kind, workId, attempt });
  }

  async #work(work: HeldWork): Promise<void> {
    const { store, workerId, jobs, onError } = this.#options;
    try {
      await jobs[work.kind](work);
    } catch (error) {
      if (error instanceof DeclinedError) this.#declined.add(work.workId);
      const isExpected = error instanceof HandedBackError || error instanceof LeaseLostError;
      if (!isExpected) onError(error);
    } finally {
      const { kind, workId } = work;
      await retryWhileDown(() => releaseLease(store.db, { kind, workId, workerId })).catch(onError);
    }
  }
}

/** Shards are in no queue: a worker that has nothing else to do finds them. */
const queueOf: Record<WorkKind, (typeof queueNames)[number] | undefined> = {
  run: "train",
  collection: "collect",
  shard: undefined,
  task: "task",
};

function workIdOf(payload: QueuePayloads[QueueName]): string {
  if ("runId" in payload) return payload.runId;
  return "collectionId" in payload ? payload.collectionId : payload.taskId;
}
