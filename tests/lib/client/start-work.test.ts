import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { startWork } from "@/lib/client/start-work";

const answer = z.object({ id: z.string() });
let answers: (() => Response)[] = [];
let keys: (string | null)[] = [];

beforeEach(() => {
  keys = [];
  vi.stubGlobal("fetch", async (_path: string, init: RequestInit) => {
    keys.push(new Headers(init.headers).get("idempotency-key"));
    const next = answers.shift();
    if (next === undefined) throw new TypeError("fetch failed");
    return next();
  });
});
afterEach(() => vi.unstubAllGlobals());

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
