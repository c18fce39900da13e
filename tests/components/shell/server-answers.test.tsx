// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { act, cleanup, screen } from "@testing-library/react";
import { hydrateRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { afterEach, expect, it, vi } from "vitest";
import { isFetchedOnMount, type ServerAnswer, ServerAnswers } from "@/components/shell/server-answers";
import { QueryState } from "@/components/ui/query-state";

const fetchText = vi.fn(async () => "from the browser");
const textQuery = { queryKey: ["text"], queryFn: fetchText };

afterEach(() => {
  cleanup();
  document.body.replaceChildren();
  fetchText.mockClear();
});

function pageClient(): QueryClient {
  return new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 10_000, retryOnMount: isFetchedOnMount } } });
}

function answerOf(data: unknown, failure?: ServerAnswer["failure"]): ServerAnswer {
  const client = new QueryClient();
  client.setQueryData(["text"], data ?? "none");
  const query = client.getQueryCache().getAll()[0];
  if (query === undefined) throw new Error("the query was not made");
  const { queryKey, queryHash, state } = query;
  const failed = { ...state, data: undefined, dataUpdatedAt: 0, status: "error" as const };
  return { query: { queryKey, queryHash, dehydratedAt: Date.now(), state: failure ? failed : state }, ...(failure ? { failure } : {}) };
}

function Shown() {
  return (
    <QueryState query={useQuery(textQuery)} failure="It cannot be read" waiting="waiting">
      {(data) => <p>{JSON.stringify(data)}</p>}
    </QueryState>
  );
}

function page(client: QueryClient, answers: readonly ServerAnswer[]) {
  return (
    <QueryClientProvider client={client}>
      <ServerAnswers answers={answers}>
        <Shown />
      </ServerAnswers>
    </QueryClientProvider>
  );
}

/** Draws on a server, then takes over in a browser whose cache may hold something already. */
async function deliver(answers: readonly ServerAnswer[], client: QueryClient) {
  const html = renderToString(page(pageClient(), answers));
  const root = document.createElement("div");
  root.innerHTML = html;
  document.body.append(root);
  const mismatches: unknown[] = [];
  await act(async () => {
    hydrateRoot(root, page(client, answers), { onRecoverableError: (error) => mismatches.push(error) });
  });
  return { html, mismatches };
}

it("what the server read is in its HTML, agrees with the browser's first render, and is not fetched again", async () => {
  const { html, mismatches } = await deliver([answerOf("from the server")], pageClient());
  expect(html).toContain("from the server");
  expect(mismatches).toEqual([]);
  expect(fetchText).not.toHaveBeenCalled();
});

it("a fetch that another part of the page began meanwhile does not empty the page", async () => {
  const client = pageClient();
  const fetching = client.fetchQuery({ ...textQuery, queryFn: () => new Promise<string>((resolve) => setTimeout(resolve, 50, "newer")) });
  const { mismatches } = await deliver([answerOf("from the server")], client);
  expect(mismatches).toEqual([]);
  expect(screen.getByText('"from the server"')).toBeTruthy();
  await act(async () => void (await fetching));
  await screen.findByText('"newer"');
});

it("a failure is shown as the server saw it, in its words, and not tried again by the page itself", async () => {
  const failure = { code: "unavailable", message: "The database cannot be reached.", field: undefined } as const;
  const { html, mismatches } = await deliver([answerOf(undefined, failure)], pageClient());
  expect(html).toContain("The database cannot be reached.");
  expect(mismatches).toEqual([]);
  expect(fetchText).not.toHaveBeenCalled();
});

it("what live events keep up to date is not overwritten by an answer from before; other data is by a newer one", async () => {
  const client = pageClient();
  client.setQueryData(["text"], { snapshot: { next: 5, open: [] } }, { updatedAt: Date.now() - 1000 });
  await deliver([answerOf({ snapshot: { next: 4, open: [] } })], client);
  expect(client.getQueryData(["text"])).toEqual({ snapshot: { next: 5, open: [] } });
  const other = pageClient();
  other.setQueryData(["text"], "old", { updatedAt: Date.now() - 1000 });
  await deliver([answerOf("new")], other);
  expect(other.getQueryData(["text"])).toBe("new");
});
