// @vitest-environment happy-dom
import { QueryClientProvider } from "@tanstack/react-query";
import { renderHook, waitFor } from "@testing-library/react";
import { expect, it, onTestFinished, vi } from "vitest";
import { useLatentRows } from "@/components/latent-table/use-latent-rows";
import type { LatentSelection } from "@/lib/client/latents";
import { testClient } from "@/tests/support/page";

it("a filter that fails is told, and its rows can be asked again", async () => {
  let isBroken = false;
  vi.stubGlobal("fetch", async () =>
    isBroken
      ? Response.json({ error: { code: "internal", message: "broken here" } }, { status: 500 })
      : Response.json({ rows: [], total: 7, totalUnfiltered: 7 }),
  );
  onTestFinished(() => void vi.unstubAllGlobals());
  const client = testClient();
  const { result, rerender } = renderHook((selection: LatentSelection) => useLatentRows(selection, 0, 9), {
    initialProps: { collectionId: "c" } as LatentSelection,
    wrapper: ({ children }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>,
  });
  await waitFor(() => expect(result.current).toMatchObject({ total: 7, hasNone: false, error: null }));
  isBroken = true;
  rerender({ collectionId: "c", search: "nothing" });
  await waitFor(() => expect(result.current.error).not.toBeNull());
  expect(result.current.hasNone).toBe(true);
  isBroken = false;
  result.current.retry();
  await waitFor(() => expect(result.current).toMatchObject({ hasNone: false, error: null }));
});
