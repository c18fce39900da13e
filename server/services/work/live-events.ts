import type { LiveChange, LiveEvent } from "@/lib/contract/live-event";
import type { Store } from "@/server/db/client";
import { listenForEvents, type StoreEvent } from "@/server/db/events";
import { isDatabaseDown } from "@/server/db/retry-while-down";
import { readEvaluations, readHealth, readLogLine, readMetrics } from "@/server/db/runs/run-progress";
import { readRunSummary } from "@/server/db/runs/runs";
import { readSnapshot } from "@/server/db/snapshot";
import { readJobSummary } from "@/server/db/work/jobs";
import { readExperimentSummary } from "@/server/services/experiments/get-experiment";

/** Who listens: to all runs, jobs and experiments, or to one run with all that is measured of it. */
export type Subscriber = {
  runId?: string;
  /** For a listener to all runs: whether it also gets what is measured of each. */
  isFull?: boolean;
  send: (event: LiveEvent) => void;
  /** Events may have been missed: the listener must start over. */
  close: () => void;
};

/** Events that come within this time are read together, so that a fast run costs a few queries a second. */
const gatherMs = 100;

/**
 * Listens to the database once for a whole process, reads what each change means, and tells those who listen, in the order in which it happened.
 */
export class LiveEvents {
  readonly #store: Store;
  readonly #subscribers = new Set<Subscriber>();
  #waiting: StoreEvent[] = [];
  #stop: Promise<() => Promise<void>> | undefined;
  #isReading = false;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Sends where the database stands, and every change after that. @returns a function that ends the subscription */
  async subscribe(subscriber: Subscriber): Promise<() => void> {
    this.#stop ??= listenForEvents(this.#store.url, {
      onEvent: (event) => this.#gather(event),
      onGap: () => this.#closeAll(),
    });
    try {
      await this.#stop;
    } catch (error) {
      this.#stop = undefined;
      throw error;
    }
    this.#subscribers.add(subscriber);
    try {
      subscriber.send({ kind: "begin", snapshot: await readSnapshot(this.#store.db) });
    } catch (error) {
      this.#subscribers.delete(subscriber);
      throw error;
    }
    return () => this.#subscribers.delete(subscriber);
  }

  async close(): Promise<void> {
    this.#closeAll();
    const stop = await this.#stop;
    await stop?.();
  }

  #closeAll(): void {
    for (const subscriber of this.#subscribers) subscriber.close();
    this.#subscribers.clear();
    this.#waiting = [];
  }

  #gather(event: StoreEvent): void {
    if (this.#subscribers.size === 0) return;
    this.#waiting.push(event);
    if (this.#isReading) return;
    this.#isReading = true;
    setTimeout(() => void this.#read(), gatherMs);
  }

  async #read(): Promise<void> {
    try {
      const events = withoutRepeats(this.#waiting);
      this.#waiting = [];
      for (const event of events) await this.#tell(event);
    } catch (error) {
      // Listeners do not know what could not be read: they start over when the database is back.
      this.#closeAll();
      if (!isDatabaseDown(error)) throw error;
    } finally {
      this.#isReading = this.#waiting.length > 0;
      if (this.#isReading) setTimeout(() => void this.#read(), gatherMs);
    }
  }

  async #tell(event: StoreEvent): Promise<void> {
    const isDetail = event.kind === "metrics" || event.kind === "evaluation" || event.kind === "health" || event.kind === "log";
    const listeners = [...this.#subscribers].filter(({ runId, isFull }) =>
      "runId" in event ? runId === event.runId || (runId === undefined && (!isDetail || isFull)) : runId === undefined,
    );
    if (listeners.length === 0) return;
    for (const live of await this.#meaningOf(event)) for (const listener of listeners) listener.send(live);
  }

  async #meaningOf(event: StoreEvent): Promise<LiveChange[]> {
    const { db } = this.#store;
    const { transaction } = event;
    switch (event.kind) {
      case "run": {
        const run = await readRunSummary(db, event.runId);
        return run === undefined ? [] : [{ kind: "run", transaction, run }];
      }
      case "runRemoved":
        return [event];
      case "metrics": {
        const { runId } = event;
        const metrics = await readMetrics(db, runId, event.from, event.to);
        return metrics.length === 0 ? [] : [{ kind: "metrics", transaction, runId, metrics }];
      }
      case "evaluation": {
        const { runId } = event;
        return (await readEvaluations(db, runId, event.step)).map((evaluation) => ({ kind: "evaluation", transaction, runId, evaluation }));
      }
      case "health": {
        const { runId } = event;
        return (await readHealth(db, runId, event.step)).map((health) => ({ kind: "health", transaction, runId, health }));
      }
      case "log": {
        const line = await readLogLine(db, event.id);
        return line === undefined ? [] : [{ kind: "log", transaction, runId: event.runId, line }];
      }
      case "experiment": {
        const experiment = await readExperimentSummary(db, event.experimentId);
        return experiment === undefined ? [] : [{ kind: "experiment", transaction, experiment }];
      }
      case "experimentRemoved":
        return [event];
      case "task": {
        const job = await readJobSummary(db, event.taskId);
        return job === undefined ? [] : [{ kind: "task", transaction, task: job }];
      }
      case "request":
        return [];
    }
  }
}

/** Of several changes of one run, job or experiment the last alone: its row says all; neighbouring spans of metrics are joined. */
function withoutRepeats(events: readonly StoreEvent[]): StoreEvent[] {
  const lastOf = new Map(events.map((event, at) => [keyOf(event, at), at]));
  const kept: StoreEvent[] = [];
  for (const [at, event] of events.entries()) {
    if (lastOf.get(keyOf(event, at)) !== at) continue;
    const before = kept.findLast((other) => "runId" in other && "runId" in event && other.runId === event.runId);
    if (event.kind === "metrics" && before?.kind === "metrics" && before.to + 1 === event.from) {
      kept[kept.indexOf(before)] = { ...before, to: event.to, transaction: event.transaction };
    } else {
      kept.push(event);
    }
  }
  return kept;
}

function keyOf(event: StoreEvent, at: number): string {
  if (event.kind === "run") return `run ${event.runId}`;
  if (event.kind === "task") return `task ${event.taskId}`;
  if (event.kind === "experiment") return `experiment ${event.experimentId}`;
  return String(at);
}
