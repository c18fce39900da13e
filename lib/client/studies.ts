import { queryOptions } from "@tanstack/react-query";
import { isOpenJob } from "@/lib/contract/run";
import { type StartStudyInput, type StudySummary, studyDetail, studyList, studySummary } from "@/lib/contract/study";
import { deleteAt, fetchJson } from "./fetch-json";
import { keys } from "./keys";
import { runPath } from "./runs";
import { startWork } from "./start-work";

/** How often a study that is at work is read again: its result grows by the second. */
const readAgainMs = 1500;

/** A run's studies, newest first, without their results. */
export function studiesQuery(runId: string) {
  return queryOptions({
    queryKey: keys.studies(runId),
    queryFn: async ({ signal }) => (await fetchJson(studyList, `${runPath(runId)}/studies`, { signal })).studies,
    refetchInterval: ({ state }) => (state.data?.some(isAtWork) ? readAgainMs : false),
  });
}

/** One study with what is there of its result. */
export function studyQuery(studyId: string) {
  return queryOptions({
    queryKey: keys.study(studyId),
    queryFn: ({ signal }) => fetchJson(studyDetail, studyPath(studyId), { signal }),
    refetchInterval: ({ state }) => (state.data !== undefined && isAtWork(state.data) ? readAgainMs : false),
  });
}

export function startStudy(runId: string, request: StartStudyInput): Promise<StudySummary> {
  return startWork(studySummary, `${runPath(runId)}/studies`, request);
}

/** Removes a study with its result; one that is at work is cancelled. */
export function removeStudy(studyId: string): Promise<void> {
  return deleteAt(studyPath(studyId));
}

/** Where everything of the result downloads from, as CSV. */
export function studyTableHref(studyId: string): string {
  return `${studyPath(studyId)}/table`;
}

export function isAtWork({ task }: Pick<StudySummary, "task">): boolean {
  return task !== null && isOpenJob(task);
}

function studyPath(studyId: string): string {
  return `/api/studies/${encodeURIComponent(studyId)}`;
}
