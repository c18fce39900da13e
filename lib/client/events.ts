import type { QueryClient, QueryKey } from "@tanstack/react-query";
import { type LiveChange, type LiveEvent, liveEvent, runIdOf } from "@/lib/contract/live-event";
import { includesSnapshot, includesTransaction } from "@/lib/contract/snapshot";
import { applyToJobs, applyToRecord, applyToRun, applyToRuns } from "./apply-change";
import { changeExperiments, readExperimentsAgain } from "./experiments";
import { jobsQuery, readWhatJobMade } from "./jobs";
import { applyOnce, newestChange, noteArrival, type Snapshotted } from "./join-live";
import { keys } from "./keys";
import type { Connection } from "./live-source";
import { runQuery, runRecordQuery, runsQuery } from "./runs";
import { openSharedSource } from "./shared-source";
import { changeWork } from "./work";

const path = "/api/events?scope=full";

/**
 * Keeps runs, jobs and experiments up to date in the query cache, lists and pages, from one stream.
 *
 * @returns a function that ends it
 */
export function followAll(client: QueryClient, onConnection?: (connection: Connection) => void): () => void {
  return openSharedSource(path, {
    onConnection,
    onMessage: (data) => {
      const event: LiveEvent = liveEvent.parse(JSON.parse(data));
      noteArrival(event);
      if (event.kind !== "begin") return applyChange(client, event);
      // No stream tells of changes between an earlier reading and its own beginning.
      for (const { queryKey, state } of client.getQueryCache().getAll())
        readAgain(client, queryKey, isSnapshotted(state.data) && !includesSnapshot(state.data.snapshot, event.snapshot));
      readExperimentsAgain(client);
    },
  });
}

/** Reads a run again if what is held of it came with its page and a change has been told of since. */
export function catchUpRun(client: QueryClient, runId: string): void {
  const newest = newestChange(runId);
  for (const queryKey of [keys.run(runId), keys.runRecord(runId)]) {
    const held = client.getQueryData<Snapshotted>(queryKey);
    readAgain(client, queryKey, held !== undefined && newest !== undefined && !includesTransaction(held.snapshot, newest));
  }
}

/** Reads again what is held under a key, where that is behind. */
function readAgain(client: QueryClient, queryKey: QueryKey, isBehind: boolean): void {
  if (isBehind) void client.invalidateQueries({ queryKey, exact: true });
}

function isSnapshotted(data: unknown): data is Snapshotted {
  return typeof data === "object" && data !== null && "snapshot" in data;
}

/** Writes a change into the query cache, where what it concerns has been read. */
function applyChange(client: QueryClient, change: LiveChange): void {
  const before = client.getQueryData(runsQuery().queryKey)?.runs;
  client.setQueryData(runsQuery().queryKey, (list) => list && applyOnce(list, change, applyToRuns));
  client.setQueryData(jobsQuery().queryKey, (list) => list && applyOnce(list, change, applyToJobs));
  changeWork(client, change);
  changeExperiments(client, change);
  const runId = runIdOf(change);
  if (runId !== undefined) {
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
      readWhatJobMade(client, change.task);
      return;
  }
}
