import { keepPreviousData, type Query, type QueryClient, queryOptions } from "@tanstack/react-query";
import type { LiveChange } from "@/lib/contract/live-event";
import { type WorkItem, type WorkPage, type WorkQuery, type WorkState, workPage } from "@/lib/contract/work";
import { fetchJson, queryString } from "./fetch-json";
import { applyOnce, fetchLive } from "./join-live";
import { keys } from "./keys";

/** Lines of a page of the table of work. */
export const workPageRows = 25;

export type WorkFilter = Pick<WorkQuery, "kind" | "state"> & { readonly offset: number };

/** A page of all work; `followAll` keeps its progress up to date, and it is read again when work begins or ends. */
export function workListQuery({ kind, state, offset }: WorkFilter) {
  const query = { kind, state, offset: offset === 0 ? undefined : offset, limit: workPageRows };
  return queryOptions({
    queryKey: keys.work(kind ?? "", state ?? "", offset),
    queryFn: ({ signal }) => fetchLive(() => fetchJson(workPage, `/api/work${queryString(query)}`, { signal }), applyToWork),
    placeholderData: keepPreviousData,
  });
}

/** What an event says of a piece of work. */
type Change = { readonly id: string } & Pick<WorkItem, "state"> & Partial<WorkItem>;

/** The page after a change of what it lists; what begins or ends changes its order, for which it is read again. */
export function applyToWork(page: WorkPage, change: LiveChange): WorkPage {
  const changes = changesOf(change);
  if (!page.work.some(({ id }) => changes.some((one) => one.id === id))) return page;
  return { ...page, work: page.work.map((item) => ({ ...item, ...changes.find(({ id }) => id === item.id) })) };
}

const newestStates = new Map<string, WorkState>();

/** Writes a change into all pages of work that have been read, and reads them again where work has begun or ended. */
export function changeWork(client: QueryClient, change: LiveChange): void {
  const queryKey = keys.allWork;
  let isOther = change.kind === "runRemoved" || change.kind === "experimentRemoved";
  const pages = client.getQueriesData<WorkPage>({ queryKey });
  for (const { id, state } of changesOf(change)) {
    const listed = pages.flatMap(([, page]) => page?.work ?? []).find((item) => item.id === id)?.state;
    isOther ||= (listed ?? newestStates.get(id)) !== state;
    newestStates.set(id, state);
  }
  // A page that is written to counts as just read: one that is still to be read again is left alone.
  const isCurrent = ({ state }: Query) => !state.isInvalidated;
  client.setQueriesData<WorkPage>({ queryKey, predicate: isCurrent }, (page) => page && applyOnce(page, change, applyToWork));
  if (isOther) void client.invalidateQueries({ queryKey });
}

function changesOf(change: LiveChange): Change[] {
  if (change.kind === "task") {
    const { id, status: state, message, error, done, total, unit } = change.task;
    return [{ id, state, message, error, done, total, unit }];
  }
  if (change.kind === "experiment") {
    const { id, status: state, stage, error, done, total, finishedAt: endedAt } = change.experiment;
    return [{ id, state, message: state === "running" ? stage : "", error, done, total, endedAt }];
  }
  if (change.kind !== "run") return [];
  const { id, status, step, steps, secondsLeft, error, startedAt, collection } = change.run;
  const state = status === "stopping" ? "running" : status;
  const message = status === "stopping" ? "Stopping" : "";
  const training = { id, state, message, done: step, total: steps, secondsLeft, error, startedAt };
  if (collection === null) return [training];
  return [training, { id: collection.id, state: collection.status, done: collection.tokens, total: collection.maxTokens }];
}
