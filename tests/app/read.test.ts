import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, it, vi } from "vitest";
import { GET as getRun } from "@/app/api/runs/[run]/route";
import { read, readSubject, shortPatienceMs } from "@/app/prefetch/read";
import { collectionsQuery } from "@/lib/client/latents";
import { runQuery, runsQuery } from "@/lib/client/runs";
import { runDetail } from "@/lib/contract/run";
import { httpContext } from "@/server/http/context";
import { freshDatabase } from "@/tests/support/database";
import { storedRun } from "@/tests/support/stored-collection";

const database = await freshDatabase();
process.env["DATABASE_URL"] = database.url;
process.env["STANSCOPE_HOME"] = mkdtempSync(join(tmpdir(), "stanscope-home-"));
const { services } = httpContext();

const overNetwork = vi.fn(() => Promise.reject(new Error("a page asked over HTTP")));
beforeEach(() => vi.stubGlobal("fetch", overNetwork));
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  expect(overNetwork).not.toHaveBeenCalled();
});
afterAll(async () => {
  await services.store.close();
  rmSync(services.dataFolder, { recursive: true, force: true });
});

it("a page gets the very answer of the route, its snapshot included, without HTTP", async () => {
  const id = await storedRun(services.store);
  const { answer, sent, failure } = await read(runQuery(id));
  const response = await getRun(new Request(`http://127.0.0.1/api/runs/${id}`), { params: Promise.resolve({ run: id }) });
  const { snapshot, ...rest } = runDetail.parse(await response.json());
  expect(answer).toMatchObject(rest);
  expect(snapshot.next).toBeGreaterThanOrEqual(answer?.snapshot.next ?? Number.POSITIVE_INFINITY);
  expect(sent?.query).toMatchObject({ queryKey: ["runs", id], state: { status: "success", data: answer } });
  expect(JSON.parse(JSON.stringify(answer))).toEqual(answer);
  expect(failure).toBeUndefined();
});

it("queries that unwrap their answer give what the client holds", async () => {
  const id = await storedRun(services.store);
  expect((await read(collectionsQuery(id))).answer).toEqual([]);
  expect((await read(runsQuery())).answer?.runs.map((run) => run.id)).toContain(id);
});

it("a page about what is not there is not found; one that merely mentions it says so in place", async () => {
  await expect(readSubject(runQuery("nowhere"))).rejects.toThrow("NEXT_HTTP_ERROR_FALLBACK;404");
  const { answer, sent } = await read(runQuery("nowhere"));
  expect(answer).toBeUndefined();
  expect(sent).toMatchObject({ failure: { code: "notFound" }, query: { state: { status: "error", error: null } } });
});

it("a reading with less patience than the page is left to the browser earlier", async () => {
  vi.useFakeTimers();
  const reading = read({ queryKey: ["slow worker"], queryFn: () => new Promise<number>(() => undefined) }, shortPatienceMs);
  await vi.advanceTimersByTimeAsync(shortPatienceMs);
  expect(await reading).toEqual({ answer: undefined, failure: undefined, sent: undefined });
});

it("a reading that takes more than two seconds is left to the browser", async () => {
  vi.useFakeTimers();
  const reading = read({ queryKey: ["slow"], queryFn: () => new Promise<number>(() => undefined) });
  await vi.advanceTimersByTimeAsync(2000);
  expect(await reading).toEqual({ answer: undefined, failure: undefined, sent: undefined });
});

it("a path that is not in the table of routes is a bug that the log tells of", async () => {
  const log = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const { fetchJson } = await import("@/lib/client/fetch-json");
  const { failure } = await read({ queryKey: ["none"], queryFn: () => fetchJson(runDetail, "/api/none") });
  expect(failure?.code).toBe("internal");
  expect(log.mock.calls.join()).toContain("no page reads /api/none");
  log.mockRestore();
});
