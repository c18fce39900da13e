// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { currentSearch, replaceSearch } from "@/components/ui/replace-search";

beforeEach(() => {
  vi.useFakeTimers();
  vi.advanceTimersByTime(1000);
  window.history.replaceState(null, "", "/here");
});
afterEach(() => {
  vi.runAllTimers();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it("writes a drag of a thousand moves a few times a second, the last one at the end", () => {
  const write = vi.spyOn(window.history, "replaceState");
  for (let move = 0; move < 1000; move++) {
    replaceSearch(new URLSearchParams({ from: String(move) }));
    expect(currentSearch().get("from")).toBe(String(move));
    vi.advanceTimersByTime(8);
  }
  vi.runAllTimers();
  expect(window.location.search).toBe("?from=999");
  // 8 s: browsers allow about a hundred in ten.
  expect(write.mock.calls.length).toBeLessThan(25);
});

it("writes nothing over the address of a page that was opened meanwhile", () => {
  for (const from of ["1", "2"]) replaceSearch(new URLSearchParams({ from }));
  window.history.pushState(null, "", "/there");
  vi.runAllTimers();
  expect(`${window.location.pathname}${window.location.search}`).toBe("/there");
  expect(currentSearch().toString()).toBe("");
});
