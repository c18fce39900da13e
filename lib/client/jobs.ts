import { mutationOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import { type DemonstrationKind, jobList } from "@/lib/contract/api";
import { type JobSummary, jobSummary } from "@/lib/contract/run";
import { applyToJobs, withItem } from "./apply-change";
import { fetchJson, postJson } from "./fetch-json";
import { fetchLive } from "./join-live";
import { keys } from "./keys";
import { startWork } from "./start-work";

/** Downloads, imports and the demonstration's set-up, newest first; `followAll` keeps them up to date. */
export function jobsQuery() {
  return queryOptions({
    queryKey: keys.tasks,
    queryFn: ({ signal }) => fetchLive(() => fetchJson(jobList, "/api/tasks", { signal }), applyToJobs),
    select: ({ tasks }) => tasks,
  });
}

export function cancelJobMutation() {
  return mutationOptions({
    mutationFn: (taskId: string) => postJson(jobSummary, `/api/tasks/${encodeURIComponent(taskId)}/cancel`),
    onSuccess: (job, _taskId, _result, { client }) => putJob(client, job),
  });
}

/** Starts the demonstration: its job ends when both runs have started; the runs carry the group "demonstration". */
export function startDemonstrationMutation() {
  return mutationOptions({
    mutationFn: (kind: DemonstrationKind) => startWork(jobSummary, "/api/demonstration", { kind }),
    onSuccess: (job, _kind, _result, { client }) => {
      putJob(client, job);
      void client.invalidateQueries({ queryKey: keys.status });
    },
  });
}

/** Writes a job into the list; when it ends, what it made is read anew. */
export function putJob(client: QueryClient, job: JobSummary): void {
  client.setQueryData(jobsQuery().queryKey, (list) => list && { ...list, tasks: withItem(list.tasks, job) });
  readWhatJobMade(client, job);
}

/** Reads anew what a job has made, when it ended. */
export function readWhatJobMade(client: QueryClient, job: JobSummary): void {
  if (job.status !== "finished" && job.status !== "failed") return;
  const made = job.kind === "measureEffects" ? keys.allCollections : keys.dictionaries;
  for (const queryKey of [keys.models, keys.data, keys.status, made]) void client.invalidateQueries({ queryKey });
}
