import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { catchUpRun, followAll } from "@/lib/client/events";
import { runQuery, runRecordQuery, runsQuery } from "@/lib/client/runs";
import type { LiveEvent } from "@/lib/contract/live-event";
import type { RunDetail } from "@/lib/contract/run";
import type { DatabaseSnapshot } from "@/lib/contract/snapshot";
import { recordOf, runDetailFixture } from "@/tests/components/runs/run-detail-fixture";

/** A server whose answers the test sends when it wants to. */
let answer: (body: unknown) => void;
let numFetches = 0;
let send: (event: LiveEvent) => void;
let client: QueryClient;

beforeEach(() => {
  numFetches = 0;
  client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  vi.stubGlobal("fetch", () => {
    numFetches += 1;
    return new Promise<Response>((resolve) => {
      answer = (body) => resolve(Response.json(body));
    });
  });
  vi.stubGlobal(
    "EventSource",
    class {
      onmessage = (_event: { data: string }) => {};
      constructor() {
        send = (event) => this.onmessage({ data: JSON.stringify(event) });
      }
      close() {}
    },
  );
});
afterEach(() => {
  client.clear();
  vi.unstubAllGlobals();
});

const line = (id: number) => ({ id, at: "2026-01-01T00:00:00.000Z", step: id, level: "info" as const, message: `line ${id}` });
const logged = (id: number): LiveEvent => ({ kind: "log", transaction: id, runId: "r", line: line(id) });

/** The run as it stood at a snapshot: a line of its log for each transaction. */
function detailAt(snapshot: DatabaseSnapshot, ids: number[]): RunDetail {
  return { ...runDetailFixture({ steps: 10, step: 2 }), log: ids.map(line), snapshot };
}

const logOf = (detail: RunDetail | undefined) => detail?.log.map(({ id }) => id);

it("a log line that arrives while the page's answer is on its way stands there once, whether the answer has it or not", async () => {
  followAll(client);
  const reading = client.fetchQuery(runQuery("r"));
  send({ kind: "begin", snapshot: { next: 3, open: [] } });
  for (const id of [3, 4, 5]) send(logged(id));
  answer(detailAt({ next: 5, open: [4] }, [1, 2, 3]));
  expect(logOf(await reading)).toEqual([1, 2, 3, 4, 5]);
  send(logged(6));
  send(logged(3));
  expect(logOf(client.getQueryData(runQuery("r").queryKey))).toEqual([1, 2, 3, 4, 5, 6]);
});

it("an answer that was read before the stream began is read again", async () => {
  followAll(client);
  const reading = client.fetchQuery(runQuery("r"));
  send({ kind: "begin", snapshot: { next: 3, open: [] } });
  answer(detailAt({ next: 2, open: [] }, [1]));
  await vi.waitFor(() => expect(numFetches).toBe(2), 20_000);
  answer(detailAt({ next: 3, open: [] }, [1, 2]));
  expect(logOf(await reading)).toEqual([1, 2]);
});

it("a stream that begins again has the page read again only where something happened meanwhile", async () => {
  client.setQueryData(runQuery("r").queryKey, detailAt({ next: 3, open: [] }, [1, 2]));
  followAll(client);
  const isStale = () => client.getQueryState(runQuery("r").queryKey)?.isInvalidated;
  send({ kind: "begin", snapshot: { next: 3, open: [] } });
  expect(isStale()).toBe(false);
  send({ kind: "begin", snapshot: { next: 4, open: [] } });
  expect(isStale()).toBe(true);
});

it("the record that all pages of a run share follows its state and its newest step", async () => {
  followAll(client);
  const reading = client.fetchQuery(runRecordQuery("r"));
  const detail = detailAt({ next: 5, open: [] }, []);
  const [first] = detail.metrics;
  if (first === undefined) throw new Error("the fixture has steps");
  const newest = (transaction: number, step: number): LiveEvent => ({
    kind: "metrics",
    transaction,
    runId: "r",
    metrics: [{ ...first, step }],
  });
  send({ kind: "begin", snapshot: { next: 3, open: [] } });
  send(newest(4, 7));
  answer({ ...recordOf(detail), newestStep: { ...first, step: 8 } });
  expect((await reading).newestStep?.step).toBe(8);
  send(newest(5, 9));
  send({ kind: "run", transaction: 6, run: { ...detail.run, status: "stopping" } });
  const record = client.getQueryData(runRecordQuery("r").queryKey);
  expect([record?.newestStep?.step, record?.run.status]).toEqual([9, "stopping"]);
  send({ kind: "begin", snapshot: { next: 9, open: [] } });
  expect(client.getQueryState(runRecordQuery("r").queryKey)?.isInvalidated).toBe(true);
});

it("a run that was removed while the list was on its way does not come back", async () => {
  followAll(client);
  const { run } = runDetailFixture({ steps: 10, step: 2 });
  const reading = client.fetchQuery(runsQuery());
  send({ kind: "begin", snapshot: { next: 3, open: [] } });
  send({ kind: "runRemoved", transaction: 3, runId: "r" });
  answer({ runs: [run, { ...run, id: "other" }], snapshot: { next: 3, open: [] } });
  expect((await reading).runs.map(({ id }) => id)).toEqual(["other"]);
});

it("a run's page that came with its data is read again if an event arrived in between", () => {
  followAll(client);
  send({ kind: "begin", snapshot: { next: 3, open: [] } });
  send(logged(7));
  const isStaleAt = (next: number) => {
    client.setQueryData(runQuery("r").queryKey, detailAt({ next, open: [] }, [1]));
    catchUpRun(client, "r");
    return client.getQueryState(runQuery("r").queryKey)?.isInvalidated;
  };
  expect([isStaleAt(8), isStaleAt(7)]).toEqual([false, true]);
});
