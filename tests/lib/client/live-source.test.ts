import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Connection, openLiveSource } from "@/lib/client/live-source";

/** An EventSource whose fate the test decides. */
class FakeSource {
  static readonly CLOSED = 2;
  static made: FakeSource[] = [];
  readyState = 0;
  onopen = () => {};
  onerror = () => {};
  onmessage = (_event: { data: string }) => {};
  constructor() {
    FakeSource.made.push(this);
  }
  close() {
    this.readyState = FakeSource.CLOSED;
  }
  refuse() {
    this.readyState = FakeSource.CLOSED;
    this.onerror();
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", FakeSource);
  FakeSource.made = [];
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function opened() {
  const states: Connection[] = [];
  const data: string[] = [];
  const close = openLiveSource("/api/events", { onMessage: (text) => data.push(text), onConnection: (state) => states.push(state) });
  const latest = () => {
    const source = FakeSource.made.at(-1);
    if (source === undefined) throw new Error("no source was opened");
    return source;
  };
  return { states, data, close, latest };
}

it("opens a stream again that the server refused, after pauses that grow", () => {
  const { latest } = opened();
  const pauses: number[] = [];
  for (let turn = 0; turn < 8; turn++) {
    const before = FakeSource.made.length;
    latest().refuse();
    const from = Date.now();
    for (let turns = 0; turns < 600 && FakeSource.made.length === before; turns++) vi.advanceTimersByTime(100);
    pauses.push(Date.now() - from);
  }
  expect(pauses[0]).toBeLessThanOrEqual(1000);
  expect(pauses[4]).toBeGreaterThanOrEqual(8000);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(30_000);
});

it("reads on from a stream that was opened again", () => {
  const { latest, data } = opened();
  latest().refuse();
  vi.advanceTimersByTime(1000);
  expect(FakeSource.made).toHaveLength(2);
  latest().onopen();
  latest().onmessage({ data: "news" });
  expect(data).toEqual(["news"]);
});

it("leaves a stream to the browser that the browser opens again itself", () => {
  const { latest } = opened();
  latest().onerror();
  vi.advanceTimersByTime(60_000);
  expect(FakeSource.made).toHaveLength(1);
});

it("says that the connection is lost only when it has been away for some seconds", () => {
  const { latest, states } = opened();
  latest().onopen();
  latest().onerror();
  vi.advanceTimersByTime(2000);
  latest().onopen();
  vi.advanceTimersByTime(10_000);
  expect(states).toEqual(["connecting", "open", "open"]);
  latest().refuse();
  vi.advanceTimersByTime(3000);
  expect(states.at(-1)).toBe("lost");
});

it("stays closed once it was closed", () => {
  const { latest, close } = opened();
  latest().refuse();
  close();
  vi.advanceTimersByTime(60_000);
  expect(FakeSource.made).toHaveLength(1);
});
