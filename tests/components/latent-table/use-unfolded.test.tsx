// @vitest-environment happy-dom
import { QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import { expect, it, onTestFinished, vi } from "vitest";
import { useUnfolded } from "@/components/latent-table/use-unfolded";
import type { LatentSelection } from "@/lib/client/latents";
import { latentRowWith } from "@/tests/support/latent-detail";
import { testClient } from "@/tests/support/page";

it("unfolds the near-duplicates of a row with their numbers, folds them again, and all of them in another order", async () => {
  const rows = [7, 8].map((index) => latentRowWith({ index }));
  const asked: unknown[] = [];
  vi.stubGlobal("fetch", async (_path: string, init?: RequestInit) => {
    asked.push(JSON.parse(String(init?.body)));
    return Response.json({ rows });
  });
  onTestFinished(() => void vi.unstubAllGlobals());
  const client = testClient();
  const first: LatentSelection = { collectionId: "c", sort: "readingOrder" };
  const { result, rerender } = renderHook((query: LatentSelection) => useUnfolded(query), {
    initialProps: first,
    wrapper: ({ children }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>,
  });
  const latents = rows.map(({ module, index }) => ({ module, index }));
  await act(() => result.current.unfold(3, latents));
  expect(asked).toEqual([{ latents }]);
  expect([...result.current.unfolded]).toEqual([[3, rows]]);
  act(() => result.current.fold(3));
  expect(result.current.unfolded.size).toBe(0);
  await act(() => result.current.unfold(3, latents));
  expect(result.current.unfolded.size).toBe(1);
  rerender({ ...first, sort: "density" });
  expect(result.current.unfolded.size).toBe(0);
});
