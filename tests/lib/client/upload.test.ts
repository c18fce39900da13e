// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { uploadFile } from "@/lib/client/upload";

/** Each request's key, and how it ends. */
let keys: (string | undefined)[] = [];
let outcomes: ("lost" | { status: number; body: unknown })[] = [];

class FakeRequest {
  readonly upload = {};
  status = 0;
  responseText = "";
  onload = () => undefined;
  onerror = () => undefined;
  #key: string | undefined;
  open() {}
  setRequestHeader(name: string, value: string) {
    if (name === "idempotency-key") this.#key = value;
  }
  send() {
    keys.push(this.#key);
    const outcome = outcomes.shift();
    if (outcome === undefined || outcome === "lost") return queueMicrotask(() => this.onerror());
    this.status = outcome.status;
    this.responseText = JSON.stringify(outcome.body);
    queueMicrotask(() => this.onload());
  }
}

beforeEach(() => {
  sessionStorage.clear();
  keys = [];
  vi.stubGlobal("XMLHttpRequest", FakeRequest);
});
afterEach(() => vi.unstubAllGlobals());

const file = (text: string) => new File([text], "rows.jsonl", { lastModified: 1 });
const send = (text: string) => uploadFile(z.object({ id: z.string() }), "/api/data/upload?name=rows.jsonl", file(text));
const taken = { status: 200, body: { id: "t1" } };

test("a file whose answer was lost is sent again with its key; after its answer, and another file, have new ones", async () => {
  outcomes = ["lost", taken, taken, taken];
  await expect(send("a")).rejects.toMatchObject({ code: "unavailable" });
  expect(await send("a")).toEqual({ id: "t1" });
  await send("a");
  await send("longer");
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(keys[1]).toBe(keys[0]);
  expect(new Set(keys).size).toBe(3);
});

test("a file that was refused has a new key when it is sent again", async () => {
  outcomes = [{ status: 400, body: { error: { code: "invalid", message: "No." } } }, taken];
  await expect(send("b")).rejects.toMatchObject({ code: "invalid" });
  await send("b");
  expect(keys[1]).not.toBe(keys[0]);
});
