// @vitest-environment happy-dom
import { QueryClientProvider } from "@tanstack/react-query";
import { renderHook, waitFor } from "@testing-library/react";
import { expect, it, onTestFinished, vi } from "vitest";
import { useListedRows } from "@/components/text/use-listed-rows";
import { testClient } from "@/tests/support/page";

it("the rows of forty latents are read in one request", async () => {
  const paths: string[] = [];
  vi.stubGlobal("fetch", async (path: string) => {
    paths.push(path);
    return Response.json({ rows: [] });
  });
  onTestFinished(() => void vi.unstubAllGlobals());
  const latents = Array.from({ length: 40 }, (_, index) => ({ module: "layers.0.v_proj", index }));
  const client = testClient();
  const { rerender } = renderHook(() => useListedRows("c", [...latents]), {
    wrapper: ({ children }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>,
  });
  await waitFor(() => expect(client.isFetching()).toBe(0));
  rerender();
  expect(paths).toEqual(["/api/collections/c/rows"]);
});
