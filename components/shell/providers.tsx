"use client";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { RequestFailure } from "@/lib/client/fetch-json";
import { ConnectionProvider } from "./connection";

/** What every page needs: the cache of server data, kept up to date by live events. */
export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(() => new QueryClient({ defaultOptions: { queries: { staleTime: 10_000, retry: isWorthRetrying } } }));
  return (
    <QueryClientProvider client={client}>
      <ConnectionProvider>{children}</ConnectionProvider>
    </QueryClientProvider>
  );
}

/** Once more when the server or a worker could not answer; a refusal stays a refusal. */
function isWorthRetrying(failureCount: number, error: Error): boolean {
  return failureCount < 1 && !(error instanceof RequestFailure && error.code !== "unavailable" && error.code !== "busy");
}
