import type { QueryClient } from "@tanstack/react-query";
import { type LiveChange, type LiveEvent, liveEvent } from "@/lib/contract/live-event";
import { includesSnapshot } from "@/lib/contract/snapshot";
import { applyToRecord, applyToRun, applyToRuns, applyToTasks } from "./apply-change";
import { applyOnce, noteArrival, type Snapshotted } from "./join-live";
import { keys } from "./keys";
import { type Connection, openLiveSource } from "./live-source";
import { runPath, runQuery, runRecordQuery, runsQuery } from "./runs";
import { readWhatTaskMade, tasksQuery } from "./tasks";

/**
 * Keeps lists of runs and tasks up to date in the query cache, from `GET /api/events`.
 *
 * @returns a function that ends it
 */
export function followAll(client: QueryClient, onConnection?: (connection: Connection) => void): () => void {
  return follow("/api/events", client, [keys.runs, keys.tasks], onConnection);
}

/** Keeps one run's page up to date, its metrics, evaluations, health and log included. */
export function followRun(client: QueryClient, runId: string): () => void {
  return follow(`${runPath(runId)}/events`, client, [keys.run(runId), keys.runRecord(runId)]);
}

function follow(
  path: string,
  client: QueryClient,
  followed: ReadonlyArray<readonly unknown[]>,
  onConnection?: (connection: Connection) => void,
): () => void {
  return openLiveSource(path, {
    onConnection,
    onMessage: (data) => {
      const event: LiveEvent = liveEvent.parse(JSON.parse(data));
      noteArrival(event);
      if (event.kind !== "begin") return applyChange(client, event);
      for (const queryKey of followed) {
        const held = client.getQueryData<Snapshotted>(queryKey);
        // No stream tells of changes between that reading and its own beginning.
        if (held && !includesSnapshot(held.snapshot, event.snapshot)) void client.invalidateQueries({ queryKey, exact: true });
      }
    },
  });
}

/** Writes a change into the query cache, where what it concerns has been read. */
function applyChange(client: QueryClient, change: LiveChange): void {
  const before = client.getQueryData(runsQuery().queryKey)?.runs;
  client.setQueryData(runsQuery().queryKey, (list) => list && applyOnce(list, change, applyToRuns));
  client.setQueryData(tasksQuery().queryKey, (list) => list && applyOnce(list, change, applyToTasks));
  const runId = change.kind === "run" ? change.run.id : "runId" in change ? change.runId : null;
  if (runId !== null) {
    client.setQueryData(runQuery(runId).queryKey, (detail) => detail && applyOnce(detail, change, applyToRun));
    client.setQueryData(runRecordQuery(runId).queryKey, (record) => record && applyOnce(record, change, applyToRecord));
  }
  switch (change.kind) {
    case "run": {
      const known = before?.find(({ id }) => id === change.run.id);
      if (known?.collection?.status !== change.run.collection?.status) {
        void client.invalidateQueries({ queryKey: keys.collections(change.run.id) });
      }
      return;
    }
    case "runRemoved":
      client.removeQueries({ queryKey: keys.run(change.runId) });
      return;
    case "task":
      readWhatTaskMade(client, change.task);
      return;
  }
}
