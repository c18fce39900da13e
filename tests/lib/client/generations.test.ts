import { InfiniteQueryObserver, QueryClient } from "@tanstack/react-query";
import { expect, it, onTestFinished, vi } from "vitest";
import { generationsQuery } from "@/lib/client/generations";
import { generationPage } from "@/lib/contract/steering";

it("a history of 470 generations is read to its end, in pages that the server takes", async () => {
  const total = 470;
  vi.stubGlobal("fetch", async (path: string) => {
    const query = new URL(path, "http://localhost").searchParams;
    const { offset, limit } = generationPage.parse(Object.fromEntries([...query].map(([name, text]) => [name, Number(text)])));
    const generations = Array.from({ length: Math.min(limit, total - offset) }, (_, at) => ({
      id: String(offset + at),
      runId: "r",
      createdAt: "2026-01-01T00:00:00.000Z",
      prompt: "",
      editsOn: 0,
      isForced: false,
      arms: [],
    }));
    return Response.json({ generations, total });
  });
  onTestFinished(() => void vi.unstubAllGlobals());
  const history = new InfiniteQueryObserver(new QueryClient({ defaultOptions: { queries: { retry: false } } }), generationsQuery("r"));
  let page = await history.fetchNextPage();
  while (page.hasNextPage) page = await history.fetchNextPage();
  expect(page.error).toBeNull();
  expect(page.data?.pages.flatMap(({ generations }) => generations.map(({ id }) => Number(id)))).toEqual([...Array(total).keys()]);
});
