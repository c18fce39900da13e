// @vitest-environment happy-dom
import { act, renderHook } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { useRunListView } from "@/components/runs/use-run-list-view";
import { plainView } from "@/tests/support/addresses";
import { Router } from "@/tests/support/router";

it("the list of runs follows a link to the plain list, and what is typed does not wait for the address", async () => {
  window.history.replaceState(null, "", "/?q=stan&method=lora");
  const { result } = renderHook(() => useRunListView(), { wrapper: Router });
  expect(result.current[0]).toEqual({ ...plainView, text: "stan", method: "lora" });
  for (const text of ["stan 1", "stan 12"]) {
    act(() => result.current[1]({ text }));
    expect(result.current[0]).toMatchObject({ text, method: "lora" });
  }
  // The link in the bar.
  await act(async () => window.history.pushState(null, "", "/"));
  expect(result.current[0]).toEqual(plainView);
});

it("showing all runs again leaves nothing of the view in the address", () => {
  vi.useFakeTimers();
  window.history.replaceState(null, "", "/?sort=name&order=asc&other=1");
  const { result } = renderHook(() => useRunListView(), { wrapper: Router });
  act(() => result.current[1]({ text: "zzz" }));
  act(() => void vi.runAllTimers());
  expect(window.location.search).toBe("?sort=name&order=asc&other=1&q=zzz");
  act(() => result.current[1](null));
  expect(result.current[0]).toEqual(plainView);
  act(() => void vi.runAllTimers());
  expect(window.location.search).toBe("?other=1");
  expect(result.current[0]).toEqual(plainView);
  vi.useRealTimers();
});
