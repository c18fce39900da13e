import { type LiveChange, type LiveEvent, runIdOf } from "@/lib/contract/live-event";
import { type DatabaseSnapshot, includesSnapshot, includesTransaction } from "@/lib/contract/snapshot";

/** An answer that says which changes it includes. */
export type Snapshotted = { snapshot: DatabaseSnapshot };

/** Events that arrived while an answer was on its way, by answer. */
const arrivals = new Set<LiveEvent[]>();

/** The newest change of each run that a stream has told of, as its transaction. */
const newest = new Map<string, number>();

/** Remembers an event for the answers that are on their way, and for pages that arrive with their data. */
export function noteArrival(event: LiveEvent): void {
  for (const arrived of arrivals) arrived.push(event);
  if (event.kind === "begin") return;
  const runId = runIdOf(event);
  if (runId !== undefined) newest.set(runId, Math.max(event.transaction, newest.get(runId) ?? 0));
}

/**
 * Fetches what live events keep up to date. Changes that arrive meanwhile and that the answer does not include are applied to it; an answer from before a
 * stream began may lack changes that no stream told of, and is fetched again.
 */
export async function fetchLive<Data extends Snapshotted>(
  fetchData: () => Promise<Data>,
  apply: (data: Data, change: LiveChange) => Data,
): Promise<Data> {
  const arrived: LiveEvent[] = [];
  arrivals.add(arrived);
  try {
    let data = await fetchData();
    while (arrived.some((event) => event.kind === "begin" && !includesSnapshot(data.snapshot, event.snapshot))) data = await fetchData();
    return arrived.reduce((joined, event) => (event.kind === "begin" ? joined : applyOnce(joined, event, apply)), data);
  } finally {
    arrivals.delete(arrived);
  }
}

/** The newest transaction that changed a run, of those that a stream has told of. */
export function newestChange(runId: string): number | undefined {
  return newest.get(runId);
}

/** Applies a change unless the data was read with it. */
export function applyOnce<Data extends Snapshotted>(data: Data, change: LiveChange, apply: (data: Data, change: LiveChange) => Data): Data {
  return includesTransaction(data.snapshot, change.transaction) ? data : apply(data, change);
}
