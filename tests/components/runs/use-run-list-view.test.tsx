// @vitest-environment happy-dom
import { act, renderHook } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { plainView } from "@/components/runs/run-list";
import { useRunListView } from "@/components/runs/use-run-list-view";

vi.mock("next/navigation", () => ({ useSearchParams: () => new URLSearchParams(window.location.search) }));

it("the list of runs follows a link to the plain list, and what is typed does not wait for the address", () => {
  window.history.replaceState(null, "", "/?q=stan&method=lora");
  const { result, rerender } = renderHook(() => useRunListView());
  expect(result.current[0]).toEqual({ ...plainView, text: "stan", method: "lora" });
  for (const text of ["stan 1", "stan 12"]) {
    act(() => result.current[1]({ text }));
    expect(result.current[0]).toMatchObject({ text, method: "lora" });
  }
  // The link in the bar.
  window.history.pushState(null, "", "/");
  rerender();
  expect(result.current[0]).toEqual(plainView);
});
