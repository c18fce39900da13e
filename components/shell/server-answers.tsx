"use client";
import { type DehydratedState, HydrationBoundary, hydrate, type Query, type QueryClient, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import { RequestFailure } from "@/lib/client/fetch-json";
import type { FailureCode } from "@/lib/contract/failure";

type DehydratedQuery = DehydratedState["queries"][number];

/** A query that the server has read for a page, or why it could not. */
export type ServerAnswer = {
  readonly query: DehydratedQuery;
  readonly failure?: { readonly code: FailureCode; readonly message: string; readonly field: string | undefined };
};

type ServerAnswersProps = { readonly answers: readonly ServerAnswer[]; readonly children: ReactNode };

/** Failures that came with a page: it shows them as the server did. `StaleBar` tries again once the server can be reached. */
const failedOnServer = new WeakSet<Error>();

/** Puts what the server has read into the page's cache before what shows it is drawn, on the server as in the browser. */
export function ServerAnswers({ answers, children }: ServerAnswersProps) {
  const client = useQueryClient();
  const state = useMemo(() => {
    const held = new Set(answers.filter(({ query }) => client.getQueryCache().get(query.queryHash)?.state.data !== undefined));
    for (const answer of answers) if (!held.has(answer)) put(client, withFailure(answer));
    return { mutations: [], queries: [...held].filter(mayReplace).map(({ query }) => query) };
  }, [client, answers]);
  return <HydrationBoundary state={state}>{children}</HydrationBoundary>;
}

/** Whether a query that has no data is fetched when what shows it is mounted: not what has just failed on the server. */
export function isFetchedOnMount({ state }: Pick<Query, "state">): boolean {
  return !(state.error instanceof Error && failedOnServer.has(state.error));
}

/** A query without data is filled at once, a fetch that is under way goes on: the page is drawn first as the server drew it. */
function put(client: QueryClient, query: DehydratedQuery): void {
  const known = client.getQueryCache().get(query.queryHash);
  if (known === undefined) hydrate(client, { queries: [query] });
  else known.setState({ ...query.state, fetchStatus: known.state.fetchStatus });
}

/** What live events keep up to date includes changes that an answer from the server may lack; a failure replaces nothing. */
function mayReplace({ query: { state }, failure }: ServerAnswer): boolean {
  const isLive = typeof state.data === "object" && state.data !== null && "snapshot" in state.data;
  return failure === undefined && !isLive;
}

function withFailure({ query, failure }: ServerAnswer): DehydratedQuery {
  if (failure === undefined) return query;
  const error = new RequestFailure(failure.code, failure.message, failure.field);
  failedOnServer.add(error);
  return { ...query, state: { ...query.state, error, fetchFailureReason: error } };
}
