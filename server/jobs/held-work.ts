import type { Store } from "@/server/db/client";
import { retryWhileDown } from "@/server/db/retry-while-down";
import type { RunRequest } from "@/server/db/tables/run-tables";
import type { WorkKind } from "@/server/db/tables/work-tables";
import { acquireLease, forgetDeaths, handBackLease, type Lease, releaseLease, renewLease } from "@/server/db/work/leases";

/** How long a lease lasts without a heartbeat: a killed worker's work is taken up after this. */
export const leaseMs = 9000;

/** Work that has cost so many workers is failed, until a person starts it again; ours. */
export const mostDeaths = 3;

/** Work that has cost more workers than this is done alone: its next death would be its last. */
export const mostDeathsBesideOthers = mostDeaths - 2;

/** Thrown out of a job whose lease another worker has taken: it writes no more. */
export class LeaseLostError extends Error {
  override readonly name = "LeaseLostError";
}

/** Thrown out of a job that gives its work back because the worker is stopping; another takes it up where it stands. */
export class HandedBackError extends Error {
  override readonly name = "HandedBackError";
}

/** Thrown out of a job that this worker cannot do, while others may; it does not take the same piece again. */
export class DeclinedError extends Error {
  override readonly name = "DeclinedError";
}

/** Why work that has cost too many workers is failed. */
export function tooManyDeaths(lastDeath: string | null): string {
  const last = lastDeath === null ? "The cause of the last death was not recorded." : `The last time, ${lastDeath}`;
  return `${mostDeaths} workers died while doing this, so it is not retried automatically. ${last}`;
}

/** A piece of work that this worker holds the lease on, and what it has been asked to do with it. */
export class HeldWork {
  readonly kind: WorkKind;
  readonly workId: string;
  /** What a person reads of it; the kind until the job says more. */
  title: string;
  readonly #store: Store;
  readonly #workerId: string;
  #deaths: number;
  readonly #cancel = new AbortController();
  readonly #parts = new Set<HeldWork>();
  #isHandedBack = false;
  #isStopAsked = false;
  #isLost = false;

  constructor(store: Store, workerId: string, work: { kind: WorkKind; workId: string; deaths: number }) {
    this.#store = store;
    this.#workerId = workerId;
    this.kind = work.kind;
    this.workId = work.workId;
    this.#deaths = work.deaths;
    this.title = work.kind;
  }

  get lease(): Lease {
    return { kind: this.kind, workId: this.workId, workerId: this.#workerId };
  }

  /** Whether it may be what kills its workers, and is done alone. */
  get isSuspect(): boolean {
    return this.#deaths > mostDeathsBesideOthers;
  }

  /** Aborted when a person cancels the work, or when the worker hands it back. */
  get signal(): AbortSignal {
    return this.#cancel.signal;
  }

  get isHandedBack(): boolean {
    return this.#isHandedBack;
  }

  /** Whether a person wants a run to end after its step and to keep what it has. */
  get isStopAsked(): boolean {
    return this.#isStopAsked;
  }

  /** Whether another worker is known to have it now. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Parts of this work that are done under leases of their own now. */
  get parts(): readonly HeldWork[] {
    return [...this.#parts];
  }

  request(request: RunRequest | null): void {
    if (request === "stop") this.#isStopAsked = true;
    if (request === "cancel") this.#cancel.abort();
    for (const part of this.#parts) part.request(request);
  }

  handBack(): void {
    this.#isHandedBack = true;
    this.#cancel.abort();
    for (const part of this.#parts) part.handBack();
  }

  /**
   * Does a part of this work under a lease of its own, which ends with it; other workers may do other parts meanwhile.
   *
   * @returns false when another worker has the part
   * @throws Error when the part has cost too many workers
   */
  async doPart(kind: WorkKind, workId: string, job: (part: HeldWork) => Promise<void>): Promise<boolean> {
    const lease = { kind, workId, workerId: this.#workerId };
    const taken = await retryWhileDown(() => acquireLease(this.#store.db, lease, leaseMs));
    if (taken === undefined) return false;
    if (taken.deaths >= mostDeaths) throw new Error(tooManyDeaths(taken.lastDeath));
    const part = new HeldWork(this.#store, this.#workerId, { kind, ...taken });
    this.#parts.add(part);
    if (this.#isHandedBack) part.handBack();
    else if (this.signal.aborted) part.request("cancel");
    let isOver = false;
    try {
      await job(part);
      isOver = true;
    } finally {
      this.#parts.delete(part);
      await part.endLease({ isOver });
    }
    return true;
  }

  /** Gives the lease up; unless the work is over, the count of its dead workers stays. */
  async endLease({ isOver }: { isOver: boolean }): Promise<void> {
    await retryWhileDown(() => (isOver ? releaseLease : handBackLease)(this.#store.db, this.lease));
  }

  /** Notes that something new is done and stays done: earlier deaths of workers no longer count. */
  async progressed(): Promise<void> {
    if (this.#deaths === 0) return;
    await retryWhileDown(() => forgetDeaths(this.#store.db, this.lease));
    this.#deaths = 0;
  }

  /** Prolongs the lease; to be called before what the job did is written down. @throws LeaseLostError */
  async confirm(): Promise<void> {
    const isHeld = await retryWhileDown(() => renewLease(this.#store.db, this.lease, leaseMs));
    this.#isLost = !isHeld;
    if (!isHeld) throw new LeaseLostError(`another worker has taken over the ${this.kind} ${this.workId}`);
  }
}
