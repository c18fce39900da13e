import { mutationOptions, queryOptions } from "@tanstack/react-query";
import { runSummary } from "@/lib/contract/run";
import { sample } from "@/lib/contract/sample";
import { fetchJson, postJson } from "./fetch-json";
import { keys } from "./keys";
import { putRun } from "./runs";

/** The finished run that ships with Stanscope, with one of its latents. */
export function sampleQuery() {
  return queryOptions({
    queryKey: keys.sample,
    queryFn: ({ signal }) => fetchJson(sample, "/api/sample", { signal }),
  });
}

/** Opens it as a run; asked again, it gives the same run. */
export function openSampleMutation() {
  return mutationOptions({
    mutationFn: () => postJson(runSummary, "/api/sample"),
    onSuccess: (run, _nothing, _result, { client }) => {
      putRun(client, run);
      for (const queryKey of [keys.sample, keys.models, keys.data]) void client.invalidateQueries({ queryKey });
    },
  });
}
