"use client";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { QueryAddress } from "@/components/ui/address/query-address";
import { RenderedAt } from "@/components/ui/use-now";
import { RequestFailure } from "@/lib/client/fetch-json";
import { ConnectionProvider } from "./connection";
import { readyEvent } from "./early-input";
import { isFetchedOnMount } from "./server-answers";

type ProvidersProps = {
  /** When the server draws the page. */
  renderedAt: number;
  children: ReactNode;
};

const queries = { staleTime: 10_000, retry: isWorthRetrying, retryOnMount: isFetchedOnMount };

/** What every page needs: the cache of server data, kept up to date by live events, and state in the address. */
export function Providers({ renderedAt, children }: ProvidersProps) {
  const [client] = useState(() => new QueryClient({ defaultOptions: { queries } }));
  useEffect(() => {
    window.dispatchEvent(new Event(readyEvent));
  }, []);
  return (
    <QueryClientProvider client={client}>
      <RenderedAt value={renderedAt}>
        <QueryAddress>
          <ConnectionProvider>{children}</ConnectionProvider>
        </QueryAddress>
      </RenderedAt>
    </QueryClientProvider>
  );
}

/** Once more when the server or a worker could not answer; a refusal stays a refusal. */
function isWorthRetrying(failureCount: number, error: Error): boolean {
  return failureCount < 1 && !(error instanceof RequestFailure && error.code !== "unavailable" && error.code !== "busy");
}
