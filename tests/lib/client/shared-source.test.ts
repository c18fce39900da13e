import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Connection } from "@/lib/client/live-source";
import { openSharedSource } from "@/lib/client/shared-source";

/** An EventSource whose messages the test sends. */
class FakeSource {
  static made: FakeSource[] = [];
  isClosed = false;
  onopen = () => {};
  onerror = () => {};
  onmessage = (_event: { data: string }) => {};
  constructor() {
    FakeSource.made.push(this);
  }
  close() {
    this.isClosed = true;
  }
  static get open() {
    return FakeSource.made.filter(({ isClosed }) => !isClosed);
  }
}

/** Locks as a browser gives them, one holder at a time. */
class FakeLocks {
  readonly #turns = new Map<string, Promise<unknown>>();
  async request(name: string, options: { ifAvailable?: boolean; signal?: AbortSignal } | (() => unknown), work = options as () => unknown) {
    const { ifAvailable, signal } = typeof options === "function" ? {} : (options as { ifAvailable?: boolean; signal?: AbortSignal });
    const before = this.#turns.get(name);
    if (ifAvailable && before !== undefined) return (work as (lock: null) => unknown)(null);
    const mine = (async () => {
      await before?.catch(() => {});
      signal?.throwIfAborted();
      return (work as (lock: object) => unknown)({});
    })();
    this.#turns.set(name, mine);
    const forget = () => this.#turns.get(name) === mine && this.#turns.delete(name);
    mine.then(forget, forget);
    return mine;
  }
}

beforeEach(() => {
  vi.stubGlobal("EventSource", FakeSource);
  vi.stubGlobal("navigator", { locks: new FakeLocks() });
  FakeSource.made = [];
});
afterEach(() => vi.unstubAllGlobals());

function openWindow() {
  const heard: string[] = [];
  const states: Connection[] = [];
  const close = openSharedSource("/api/events", { onMessage: (data) => heard.push(data), onConnection: (state) => states.push(state) });
  return { heard, states, close };
}

const opened = (count: number) => vi.waitFor(() => expect(FakeSource.open).toHaveLength(count));
const say = (data: string) => FakeSource.open.at(-1)?.onmessage({ data });

it("windows share one stream, after a first message of their own; the next takes over when the reader closes", async () => {
  const first = openWindow();
  await opened(1);
  say("begin 1");
  const second = openWindow();
  await opened(2);
  say("begin 2");
  await opened(1);
  say("change");
  await vi.waitFor(() => expect(second.heard).toEqual(["begin 2", "change"]));
  expect(first.heard).toEqual(["begin 1", "change"]);
  first.close();
  await vi.waitFor(() => expect(FakeSource.made).toHaveLength(3));
  await opened(1);
  say("begin 3");
  expect(second.heard.at(-1)).toBe("begin 3");
  second.close();
  await opened(0);
});

it("all windows learn how the shared stream stands", async () => {
  const first = openWindow();
  await opened(1);
  FakeSource.open[0]?.onopen();
  const second = openWindow();
  await opened(2);
  FakeSource.open[1]?.onopen();
  say("begin");
  await opened(1);
  FakeSource.open[0]?.onopen();
  await vi.waitFor(() => expect(second.states).toEqual(["connecting", "open", "open"]));
  expect(first.states).toEqual(["connecting", "open", "open"]);
  first.close();
  second.close();
});

it("a window that closes before its turn leaves the stream to the others", async () => {
  const windows = [openWindow(), openWindow(), openWindow()];
  await opened(3);
  windows[1]?.close();
  windows[0]?.close();
  await vi.waitFor(() => expect(FakeSource.made).toHaveLength(4));
  await opened(1);
  say("begin");
  expect(windows.map(({ heard }) => heard)).toEqual([[], [], ["begin"]]);
  windows[2]?.close();
});

it("without locks every window reads its own stream", () => {
  vi.stubGlobal("navigator", {});
  const windows = [openWindow(), openWindow()];
  expect(FakeSource.open).toHaveLength(2);
  for (const { close } of windows) close();
});

it("a window that is refused locks, as in a frame of another site, reads its own stream", async () => {
  const request = async () => {
    throw new DOMException("The request was denied.", "SecurityError");
  };
  vi.stubGlobal("navigator", { locks: { request } });
  const window = openWindow();
  await opened(1);
  say("change");
  expect(window.heard).toEqual(["change"]);
  window.close();
  await opened(0);
});
