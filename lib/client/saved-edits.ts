import { queryOptions } from "@tanstack/react-query";
import {
  type BakeInput,
  type BakeStarted,
  bakeStarted,
  type SavedEdits,
  type SaveEditsInput,
  savedEdits,
  savedEditsList,
} from "@/lib/contract/steering";
import { deleteAt, fetchJson, postJson, putJson } from "./fetch-json";
import { keys } from "./keys";
import { runPath } from "./runs";
import { startWork } from "./start-work";

/** Lists of edits that were saved for a run, by name. */
export function savedEditsQuery(runId: string) {
  return queryOptions({
    queryKey: keys.savedEdits(runId),
    queryFn: async ({ signal }) => (await fetchJson(savedEditsList, `${runPath(runId)}/edits`, { signal })).saved,
  });
}

/** @throws RequestFailure `conflict` when the run has one of that name */
export function saveEdits(runId: string, request: SaveEditsInput): Promise<SavedEdits> {
  return postJson(savedEdits, `${runPath(runId)}/edits`, request);
}

/** Replaces the name, note and edits. @throws RequestFailure `conflict` when the run has another of that name */
export function changeSavedEdits(savedId: string, request: SaveEditsInput): Promise<SavedEdits> {
  return putJson(savedEdits, savedPath(savedId), request);
}

export function removeSavedEdits(savedId: string): Promise<void> {
  return deleteAt(savedPath(savedId));
}

/** Writes edits into a new adapter; the derived run is there when the job has finished. */
export function bake(runId: string, request: BakeInput): Promise<BakeStarted> {
  return startWork(bakeStarted, `${runPath(runId)}/bake`, request);
}

function savedPath(savedId: string): string {
  return `/api/edits/${encodeURIComponent(savedId)}`;
}
