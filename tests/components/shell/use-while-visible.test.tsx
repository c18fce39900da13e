// @vitest-environment happy-dom
import { useQuery } from "@tanstack/react-query";
import { act, cleanup } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { useWhileVisible } from "@/components/shell/use-while-visible";
import { renderPage } from "@/tests/support/page";

afterEach(cleanup);

const read = vi.fn(async (name: string) => name);
const start = vi.fn(() => stop);
const stop = vi.fn();

function Page() {
  useWhileVisible(start);
  useQuery({ queryKey: ["fresh"], queryFn: () => read("fresh"), staleTime: Number.POSITIVE_INFINITY });
  useQuery({ queryKey: ["stale"], queryFn: () => read("stale"), staleTime: 0 });
  return null;
}

async function setHidden(isHidden: boolean) {
  Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
  Object.defineProperty(document, "visibilityState", { value: isHidden ? "hidden" : "visible", configurable: true });
  await act(async () => {
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  });
}

it("reads nothing but what is stale when the tab is seen again, and opens its stream anew", async () => {
  await act(async () => renderPage(<Page />));
  expect(read.mock.calls).toEqual([["fresh"], ["stale"]]);
  await setHidden(true);
  expect(stop).toHaveBeenCalledTimes(1);
  await setHidden(false);
  expect(start).toHaveBeenCalledTimes(2);
  expect(read.mock.calls.slice(2)).toEqual([["stale"]]);
});
