import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, configure, render } from "@testing-library/react";
import { NuqsTestingAdapter, type UrlUpdateEvent } from "nuqs/adapters/testing";
import type { ReactNode } from "react";
import { StaleBar } from "@/components/shell/stale-bar";

// On a loaded machine an answer may take seconds to be drawn.
configure({ asyncUtilTimeout: 30_000 });

/** A cache that neither retries nor reads by itself what a test puts into it. */
export function testClient(): QueryClient {
  return new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Number.POSITIVE_INFINITY } } });
}

/** Draws part of a page over a cache, with what every page has around it. */
export function renderPage(page: ReactNode, client: QueryClient = testClient()) {
  return render(pageOver(client, page));
}

/** The same to draw anew with other properties. */
export function pageOver(client: QueryClient, page: ReactNode): ReactNode {
  return (
    <QueryClientProvider client={client}>
      <NuqsTestingAdapter hasMemory searchParams={window.location.search} onUrlUpdate={writeAddress}>
        <StaleBar />
        {page}
      </NuqsTestingAdapter>
    </QueryClientProvider>
  );
}

function writeAddress({ queryString }: UrlUpdateEvent): void {
  window.history.replaceState(null, "", `${window.location.pathname}${queryString}`);
}

/** Reads all that is shown again, and waits for the answers. */
export async function readAgain(client: QueryClient): Promise<void> {
  await act(async () => {
    await client.refetchQueries({ type: "active" });
    // The cache tells its readers on the next turn.
    await new Promise((resolve) => setTimeout(resolve));
  });
}
