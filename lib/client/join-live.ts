import type { LiveChange, LiveEvent } from "@/lib/contract/live-event";
import { type DatabaseSnapshot, includesSnapshot, includesTransaction } from "@/lib/contract/snapshot";

/** An answer that says which changes it includes. */
export type Snapshotted = { snapshot: DatabaseSnapshot };

/** Events that arrived while an answer was on its way, by answer. */
const arrivals = new Set<LiveEvent[]>();

/** Remembers an event for the answers that are on their way. */
export function noteArrival(event: LiveEvent): void {
  for (const arrived of arrivals) arrived.push(event);
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

/** Applies a change unless the data was read with it. */
export function applyOnce<Data extends Snapshotted>(data: Data, change: LiveChange, apply: (data: Data, change: LiveChange) => Data): Data {
  return includesTransaction(data.snapshot, change.transaction) ? data : apply(data, change);
}
