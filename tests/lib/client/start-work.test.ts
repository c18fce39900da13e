// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { startWork } from "@/lib/client/start-work";

const answer = z.object({ id: z.string() });
let answers: (() => Response)[] = [];
let keys: (string | null)[] = [];

beforeEach(() => {
  sessionStorage.clear();
  keys = [];
  vi.stubGlobal("fetch", async (_path: string, init: RequestInit) => {
    keys.push(new Headers(init.headers).get("idempotency-key"));
    const next = answers.shift();
    if (next === undefined) throw new TypeError("fetch failed");
    return next();
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** As the page does when it is loaded anew: all that modules held in memory is gone. */
async function reload() {
  vi.resetModules();
  return (await import("@/lib/client/start-work")).startWork;
}

const made = () => Response.json({ id: "r1" });
const refused = () => Response.json({ error: { code: "invalid", message: "No." } }, { status: 400 });

test("a start whose answer was lost is sent again with its key; the next start of the same has another", async () => {
  answers = [];
  await expect(startWork(answer, "/api/runs", { name: "a" })).rejects.toMatchObject({ code: "unavailable" });
  answers = [made, made, made];
  expect(await startWork(answer, "/api/runs", { name: "a" })).toEqual({ id: "r1" });
  await startWork(answer, "/api/runs", { name: "a" });
  await startWork(answer, "/api/runs", { name: "b" });
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(keys[1]).toBe(keys[0]);
  expect(new Set(keys).size).toBe(3);
});

test("a start that was refused is over: the next one has a key of its own", async () => {
  answers = [refused, made];
  await expect(startWork(answer, "/api/runs", { name: "c" })).rejects.toMatchObject({ code: "invalid" });
  await startWork(answer, "/api/runs", { name: "c" });
  expect(keys[1]).not.toBe(keys[0]);
});

test("a start whose answer was lost has its key after a reload too, and the next one a new key once the outcome is known", async () => {
  answers = [];
  await expect(startWork(answer, "/api/runs", { name: "d" })).rejects.toMatchObject({ code: "unavailable" });
  answers = [made, made];
  await (await reload())(answer, "/api/runs", { name: "d" });
  await (await reload())(answer, "/api/runs", { name: "d" });
  expect(keys[1]).toBe(keys[0]);
  expect(keys[2]).not.toBe(keys[0]);
});

test("a start that was under way when the page was loaded anew has its key", async () => {
  answers = [() => new Promise<Response>(() => undefined) as never, made];
  void startWork(answer, "/api/runs", { name: "e" });
  await (await reload())(answer, "/api/runs", { name: "e" });
  expect(keys[1]).toBe(keys[0]);
});

test("a start whose answer broke off while it was read is sent again with its key", async () => {
  answers = [() => new Response('{"id":'), made];
  await expect(startWork(answer, "/api/runs", { name: "f" })).rejects.toThrow();
  await startWork(answer, "/api/runs", { name: "f" });
  expect(keys[1]).toBe(keys[0]);
});

test("the key of a lost start is forgotten after 24 hours, as the server forgets its answer", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  answers = [];
  await expect(startWork(answer, "/api/runs", { name: "g" })).rejects.toThrow();
  vi.setSystemTime(Date.now() + 24 * 60 * 60 * 1000);
  answers = [made];
  await startWork(answer, "/api/runs", { name: "g" });
  expect(keys[1]).not.toBe(keys[0]);
});

test("a lost start keeps its key where the browser stores nothing", async () => {
  vi.stubGlobal("sessionStorage", undefined);
  answers = [];
  await expect(startWork(answer, "/api/runs", { name: "h" })).rejects.toThrow();
  answers = [made];
  await startWork(answer, "/api/runs", { name: "h" });
  expect(keys[1]).toBe(keys[0]);
});
