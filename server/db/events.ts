import { sql } from "drizzle-orm";
import { Client } from "pg";
import type { Database } from "./client";

/** A change as all processes learn of it when its transaction commits. */
export type StoreEvent = StoreChange & { transaction: number };

/** What changed: ids alone, so that a listener reads the rows it needs. */
export type StoreChange =
  | { kind: "run"; runId: string }
  | { kind: "runRemoved"; runId: string }
  | { kind: "metrics"; runId: string; from: number; to: number }
  | { kind: "evaluation"; runId: string; step: number }
  | { kind: "health"; runId: string; step: number }
  | { kind: "log"; runId: string; id: number }
  | { kind: "task"; taskId: string }
  /** The experiment, its trials, or the state of one of their runs. */
  | { kind: "experiment"; experimentId: string }
  | { kind: "experimentRemoved"; experimentId: string }
  /** A person asked a run, a collection or a task to stop: for the worker that holds it. */
  | { kind: "request"; workId: string };

const channel = "stanscope_events";
const firstPauseMs = 100;
const longestPauseMs = 2000;

/** Tells all listeners; inside a transaction, at its commit. */
export async function notify(db: Database, change: StoreChange): Promise<void> {
  const transaction = sql`jsonb_build_object('transaction', pg_current_xact_id()::text::bigint)`;
  await db.execute(sql`SELECT pg_notify(${channel}, (${JSON.stringify(change)}::jsonb || ${transaction})::text)`);
}

export type EventListener = {
  onEvent: (event: StoreEvent) => void;
  /** The connection was lost and is back: events between are unknown, so what was read before must be read again. */
  onGap: () => void;
};

/** Listens on a connection of its own, which is opened again whenever it is lost, until the returned function is called. */
export async function listenForEvents(url: string, listener: EventListener): Promise<() => Promise<void>> {
  let client: Client | undefined;
  let isClosed = false;
  client = await connect();

  async function connect(): Promise<Client> {
    const fresh = new Client({ connectionString: url, keepAlive: true, application_name: "stanscope events" });
    let isLost = false;
    const lose = () => {
      if (isLost) return;
      isLost = true;
      void fresh.end().catch(() => {});
      if (fresh === client && !isClosed) void reconnect();
    };
    fresh.on("error", lose);
    fresh.on("end", lose);
    fresh.on("notification", ({ payload }) => listener.onEvent(JSON.parse(payload ?? "") as StoreEvent));
    try {
      await fresh.connect();
      await fresh.query(`LISTEN ${channel}`);
    } catch (error) {
      lose();
      throw error;
    }
    return fresh;
  }

  async function reconnect(): Promise<void> {
    for (let pauseMs = firstPauseMs; !isClosed; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      try {
        client = await connect();
      } catch {
        // Still down: the next turn tries again.
        continue;
      }
      if (isClosed) await client.end();
      else listener.onGap();
      return;
    }
  }

  return async () => {
    isClosed = true;
    await client?.end();
  };
}
