import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { foundLatents } from "@/lib/contract/find-latents";
import { fetchJson, queryString } from "./fetch-json";
import { keys } from "./keys";

/** Latents of any run or dictionary by label or top token; what was found before stays until the answer is here. */
export function findLatentsQueryOptions(search: string) {
  return queryOptions({
    queryKey: keys.foundLatents(search),
    queryFn: ({ signal }) => fetchJson(foundLatents, `/api/latents${queryString({ search })}`, { signal }),
    placeholderData: keepPreviousData,
    enabled: search !== "",
  });
}
