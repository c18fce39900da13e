import { mutationOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import { type DemonstrationKind, taskList } from "@/lib/contract/api";
import { type TaskSummary, taskSummary } from "@/lib/contract/run";
import { applyToTasks, withItem } from "./apply-change";
import { fetchJson, postJson } from "./fetch-json";
import { fetchLive } from "./join-live";
import { keys } from "./keys";
import { startWork } from "./start-work";

/** Downloads, imports and the demonstration's set-up, newest first; `followAll` keeps them up to date. */
export function tasksQuery() {
  return queryOptions({
    queryKey: keys.tasks,
    queryFn: ({ signal }) => fetchLive(() => fetchJson(taskList, "/api/tasks", { signal }), applyToTasks),
    select: ({ tasks }) => tasks,
  });
}

export function cancelTaskMutation() {
  return mutationOptions({
    mutationFn: (taskId: string) => postJson(taskSummary, `/api/tasks/${encodeURIComponent(taskId)}/cancel`),
    onSuccess: (task, _taskId, _result, { client }) => putTask(client, task),
  });
}

/** Starts the demonstration: its task ends when both runs have started; the runs carry the group "demonstration". */
export function startDemonstrationMutation() {
  return mutationOptions({
    mutationFn: (kind: DemonstrationKind) => startWork(taskSummary, "/api/demonstration", { kind }),
    onSuccess: (task, _kind, _result, { client }) => {
      putTask(client, task);
      void client.invalidateQueries({ queryKey: keys.status });
    },
  });
}

/** Writes a task into the list; when it ends, what it made is read anew. */
export function putTask(client: QueryClient, task: TaskSummary): void {
  client.setQueryData(tasksQuery().queryKey, (list) => list && { ...list, tasks: withItem(list.tasks, task) });
  readWhatTaskMade(client, task);
}

/** Reads anew what a task has made, when it ended. */
export function readWhatTaskMade(client: QueryClient, task: TaskSummary): void {
  if (task.status !== "finished" && task.status !== "failed") return;
  const made = task.kind === "measureEffects" ? keys.allCollections : keys.dictionaries;
  for (const queryKey of [keys.models, keys.data, keys.status, made]) void client.invalidateQueries({ queryKey });
}
