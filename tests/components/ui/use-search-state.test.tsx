// @vitest-environment happy-dom
import { act, renderHook } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { useSearchState } from "@/components/ui/use-search-state";

let told = "";
vi.mock("next/navigation", () => ({ useSearchParams: () => new URLSearchParams(told) }));

const read = (search: URLSearchParams) => search.get("k") ?? "";
const write = (state: string, search: URLSearchParams) => {
  search.set("k", state);
  return search;
};

it("a change shows at once, keeps the rest of the query, and an address that it overtook is ignored", () => {
  window.history.replaceState(null, "", "/?other=1&k=a");
  told = "other=1&k=a";
  const { result, rerender } = renderHook(() => useSearchState(read, write));
  expect(result.current[0]).toBe("a");
  act(() => result.current[1]("b"));
  expect(window.location.search).toBe("?other=1&k=b");
  act(() => result.current[1]("c"));
  // Next tells of `b` when `c` is about to be written.
  told = "other=1&k=b";
  rerender();
  expect(result.current[0]).toBe("c");
});
