import { mutationOptions, queryOptions } from "@tanstack/react-query";
import { hubCache, hubModel, hubSearch, hubSettings, type SaveHubInput } from "@/lib/contract/hub";
import { fetchJson, putJson, queryString } from "./fetch-json";
import { keys } from "./keys";

/** Each of these requests goes on to the hub: none is repeated by itself. */
const once = { staleTime: Number.POSITIVE_INFINITY, retry: false, refetchOnWindowFocus: false, refetchOnReconnect: false } as const;

export function hubQuery() {
  return queryOptions({ queryKey: keys.hub, queryFn: ({ signal }) => fetchJson(hubSettings, "/api/hub", { signal }) });
}

/** Switches the search on or off, or keeps a token; with another token the hub may show more. */
export function saveHubMutation() {
  return mutationOptions({
    mutationFn: (request: SaveHubInput) => putJson(hubSettings, "/api/hub", request),
    onSuccess: (settings, { token }, _result, { client }) => {
      client.setQueryData(hubQuery().queryKey, settings);
      if (token !== undefined) return client.invalidateQueries({ queryKey: keys.hubModels });
    },
  });
}

/** Models that the hub's own tools have fetched to the server's machine. */
export function hubCacheQuery() {
  return queryOptions({ queryKey: keys.hubCache, queryFn: ({ signal }) => fetchJson(hubCache, "/api/hub/cache", { signal }) });
}

/** Models on the hub whose names contain a text. */
export function foundHubModelsQuery(text: string) {
  return queryOptions({
    ...once,
    queryKey: keys.foundHubModels(text),
    queryFn: async ({ signal }) => (await fetchJson(hubSearch, `/api/hub/models${queryString({ search: text })}`, { signal })).models,
  });
}

/** What is shown of a model before it is fetched. */
export function hubModelQuery(id: string, revision: string) {
  return queryOptions({
    ...once,
    queryKey: [...keys.hubModels, id, revision],
    queryFn: ({ signal }) =>
      fetchJson(hubModel, `/api/hub/model${queryString({ id, revision: revision === "" ? undefined : revision })}`, { signal }),
  });
}
