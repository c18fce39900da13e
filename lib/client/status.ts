import { queryOptions } from "@tanstack/react-query";
import { systemStatus } from "@/lib/contract/worker";
import { fetchJson } from "./fetch-json";
import { keys } from "./keys";

const everyMs = 4000;

/** Workers, notices and where the demonstration stands; asked again every few seconds. */
export function statusQuery() {
  return queryOptions({
    queryKey: keys.status,
    queryFn: ({ signal }) => fetchJson(systemStatus, "/api/status", { signal }),
    refetchInterval: everyMs,
  });
}
