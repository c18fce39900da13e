// @vitest-environment happy-dom
import { act, cleanup, renderHook } from "@testing-library/react";
import { parseAsString, useQueryState, useQueryStates } from "nuqs";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { compareNames, compareParameters } from "@/components/compare/compare-address";
import { Router } from "@/tests/support/router";

const requested: string[] = [];
const wrapper = ({ children }: { children: ReactNode }) => <Router onRequest={(href) => requested.push(href)}>{children}</Router>;
const open = (address: string) => window.history.replaceState(null, "", address);

beforeEach(() => {
  vi.useFakeTimers();
  requested.length = 0;
});
afterEach(() => {
  act(() => void vi.runAllTimers());
  cleanup();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it("a change shows at once, keeps the rest of the query, and adds no step to the history", () => {
  open("/?other=1&k=a");
  const { result } = renderHook(() => useQueryState("k", parseAsString), { wrapper });
  expect(result.current[0]).toBe("a");
  const steps = window.history.length;
  for (const state of ["b", "c"]) {
    act(() => void result.current[1](state));
    expect(result.current[0]).toBe(state);
  }
  act(() => void vi.runAllTimers());
  expect(result.current[0]).toBe("c");
  expect(window.location.search).toBe("?other=1&k=c");
  expect(window.history.length).toBe(steps);
  expect(requested).toEqual([]);
});

it("a drag of a thousand moves is written a few times a second, the last one at the end", () => {
  open("/here");
  const { result } = renderHook(() => useQueryState("from", parseAsString), { wrapper });
  const write = vi.spyOn(window.history, "replaceState");
  for (let move = 0; move < 1000; move++) {
    act(() => void result.current[1](String(move)));
    expect(result.current[0]).toBe(String(move));
    act(() => void vi.advanceTimersByTime(8));
  }
  act(() => void vi.runAllTimers());
  expect(window.location.search).toBe("?from=999");
  // 8 s: browsers allow about a hundred in ten, and Next writes three times.
  expect(write.mock.calls.length).toBeLessThan(25);
});

it("nothing is written over the address of a page that was opened meanwhile", () => {
  open("/here");
  const { result } = renderHook(() => useQueryState("from", parseAsString), { wrapper });
  act(() => void result.current[1]("1"));
  act(() => void vi.advanceTimersByTime(1));
  act(() => void result.current[1]("2"));
  act(() => window.history.pushState(null, "", "/there"));
  act(() => void vi.runAllTimers());
  expect(`${window.location.pathname}${window.location.search}`).toBe("/there");
});

it("a link to the same page shows what it says", async () => {
  open("/?k=a");
  const { result } = renderHook(() => useQueryState("k", parseAsString), { wrapper });
  act(() => void result.current[1]("b"));
  act(() => void vi.runAllTimers());
  await act(async () => window.history.pushState(null, "", "/"));
  expect(result.current[0]).toBeNull();
});

it("the server is asked again for other runs of a comparison, whose title it renders, and for nothing else", () => {
  open("/compare?runs=a,b");
  const { result } = renderHook(() => useQueryStates(compareParameters, { urlKeys: compareNames }), { wrapper });
  act(() => void result.current[1]({ axis: "tokens", cost: "time" }));
  act(() => void vi.runAllTimers());
  expect(window.location.search).toBe("?runs=a,b&x=tokens&cost=time");
  expect(requested).toEqual([]);
  act(() => void result.current[1]({ runs: ["a", "b", "c"] }));
  expect(result.current[0].runs).toEqual(["a", "b", "c"]);
  act(() => void vi.runAllTimers());
  expect(requested.map((href) => new URL(href).search)).toEqual(["?runs=a,b,c&x=tokens&cost=time"]);
});
