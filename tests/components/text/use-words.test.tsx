// @vitest-environment happy-dom
import { QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { rankLatents } from "@/components/text/rank-latents";
import { useWords } from "@/components/text/use-words";
import type { ReadLabel } from "@/lib/contract/read-text";
import { testClient } from "@/tests/support/page";
import { reading } from "./readings";

const asked: unknown[] = [];

beforeEach(() => {
  asked.length = 0;
  vi.useFakeTimers();
  vi.stubGlobal("fetch", async (_path: string, { body }: RequestInit) => {
    asked.push(JSON.parse(String(body)));
    return Response.json({ rows: [] });
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const first = reading("first", 2, { indices: [3, 5], activations: [1, 2], outputShares: [0.1, 0.2] });
const ranked = rankLatents([first], { from: 0, to: 0 }, "outputShare", { scaleOf: () => 1, positions: 0 }, 10);
const label = (index: number): ReadLabel => ({ module: "first", index, text: index === 3 ? "salt" : "", source: "automatic" });

async function words(labels: readonly ReadLabel[]) {
  const { result } = renderHook(() => useWords("c", { labels, status: "done" }, ranked), {
    wrapper: ({ children }) => <QueryClientProvider client={testClient()}>{children}</QueryClientProvider>,
  });
  await act(() => vi.advanceTimersByTimeAsync(1000));
  return result.current;
}

it("labels that came with the reading, empty ones too, are not asked for again", async () => {
  expect((await words([label(3), label(5)])).words.get("first 3")?.text).toBe("salt");
  expect(asked).toEqual([]);
});

it("those of other listed latents are read in one request", async () => {
  await words([label(3)]);
  expect(asked).toEqual([{ latents: [{ module: "first", index: 5 }] }]);
});
