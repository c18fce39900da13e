import { once } from "node:events";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type OpenPort, openPort, PortError } from "@/server/worker/port";

let port: OpenPort;
let whenLeft: Promise<void>;
let leave: () => void;

beforeAll(async () => {
  whenLeft = new Promise((resolve) => {
    leave = resolve;
  });
  port = await openPort({
    host: "127.0.0.1",
    secret: "open sesame",
    routes: {
      "GET /health": { kind: "answer", handle: async () => ({ id: "w1" }) },
      "POST /echo": { kind: "answer", handle: async (body) => body },
      "POST /count": { kind: "stream", handle: count },
      "POST /refuse": { kind: "stream", handle: refuse },
      "POST /endless": { kind: "stream", handle: endless },
    },
  });
});
afterAll(() => port.close());

async function* count() {
  yield { n: 1 };
  yield { n: 2 };
}

async function* refuse(): AsyncIterable<unknown> {
  yield* [];
  throw new PortError("notFound", "There is no run r7.");
}

async function* endless() {
  try {
    for (let n = 0; ; n++) {
      yield { n };
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  } finally {
    leave();
  }
}

function call(path: string, init: RequestInit = {}) {
  return fetch(`${port.address}${path}`, { ...init, headers: { authorization: "Bearer open sesame", ...init.headers } });
}
const post = (path: string, body: string) => call(path, { method: "POST", body });

describe("the worker's port", () => {
  test("answers who knows the secret", async () => {
    expect(await (await call("/health")).json()).toEqual({ id: "w1" });
    expect(await (await post("/echo", '{"a":1}')).json()).toEqual({ a: 1 });
  });

  test("refuses who does not", async () => {
    for (const authorization of ["", "Bearer open sesamf", "open sesame"]) {
      const answer = await call("/health", { headers: { authorization } });
      expect(answer.status).toBe(403);
    }
  });

  test("closes each connection after its answer, so that none is idle when the event loop is blocked", async () => {
    expect((await call("/health")).headers.get("connection")).toBe("close");
    expect((await post("/count", "{}")).headers.get("connection")).toBe("close");
  });

  test("reads a request that arrived while the event loop was blocked for longer than an idle connection lives", async () => {
    const { port: number } = new URL(port.address);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = () => request({ port: number, path: "/health", agent, headers: { authorization: "Bearer open sesame" } });
    const [first] = await once(ask().end(), "response");
    await once(first.resume(), "end");
    // Longer than Node's own limit of 5 s and the second that it adds.
    const second = ask().end();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 6200);
    const [answer] = await once(second, "response");
    expect(answer.statusCode).toBe(200);
    agent.destroy();
  });

  test("streams one JSON value a line", async () => {
    const answer = await post("/count", "{}");
    expect(answer.headers.get("content-type")).toBe("application/x-ndjson");
    expect(await answer.text()).toBe('{"n":1}\n{"n":2}\n');
  });

  test("says with a status what went wrong before the first value", async () => {
    const answer = await post("/refuse", "{}");
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({ error: { code: "notFound", message: "There is no run r7." } });
  });

  test("refuses what is not JSON, what is too large and what it does not have", async () => {
    expect((await post("/echo", "{")).status).toBe(400);
    expect((await post("/echo", `"${"x".repeat(5 << 20)}"`)).status).toBe(413);
    expect((await call("/missing")).status).toBe(404);
  });

  test("stops a stream when the caller goes away", async () => {
    const caller = new AbortController();
    const answer = await call("/endless", { method: "POST", body: "{}", signal: caller.signal });
    await answer.body?.getReader().read();
    caller.abort();
    await whenLeft;
  });

  test("cuts off a stream whose reader takes nothing for too long, and frees what it holds", async () => {
    const large = "x".repeat(1 << 20);
    let isFreed = false;
    const strict = await openPort({
      host: "127.0.0.1",
      secret: "open sesame",
      patienceMs: 20,
      routes: {
        "POST /endless": {
          kind: "stream",
          async *handle() {
            try {
              for (;;) yield large;
            } finally {
              isFreed = true;
            }
          },
        },
      },
    });
    const socket = connect(Number(new URL(strict.address).port), "127.0.0.1").pause();
    socket.on("error", () => {});
    socket.write("POST /endless HTTP/1.1\r\nHost: worker\r\nAuthorization: Bearer open sesame\r\nContent-Length: 2\r\n\r\n{}");
    await vi.waitFor(() => expect(isFreed).toBe(true), { timeout: 10_000 });
    socket.destroy();
    await strict.close();
  });
});
