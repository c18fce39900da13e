import type { QueryClient } from "@tanstack/react-query";
import { type LiveEvent, liveEvent, type StepMetrics } from "@/lib/contract/run";
import { keys } from "./keys";
import { putRun, removeRun, runPath, runQuery, runsQuery } from "./runs";
import { putTask } from "./tasks";

/** How a stream of live events stands: `lost` while the browser tries to connect again. */
export type Connection = "connecting" | "open" | "lost";

/**
 * Keeps lists of runs and tasks up to date in the query cache, from `GET /api/events`.
 *
 * @returns a function that ends it
 */
export function followAll(client: QueryClient, onConnection?: (connection: Connection) => void): () => void {
  return follow("/api/events", client, [keys.runs, keys.tasks, keys.status], onConnection);
}

/** Keeps one run's page up to date, its metrics, evaluations, health and log included. */
export function followRun(client: QueryClient, runId: string, onConnection?: (connection: Connection) => void): () => void {
  return follow(`${runPath(runId)}/events`, client, [keys.run(runId)], onConnection);
}

function follow(
  path: string,
  client: QueryClient,
  readAgain: ReadonlyArray<readonly unknown[]>,
  onConnection: ((connection: Connection) => void) | undefined,
): () => void {
  const source = new EventSource(path);
  onConnection?.("connecting");
  source.onopen = () => {
    onConnection?.("open");
    // What happened between the last reading and now is unknown.
    for (const queryKey of readAgain) void client.invalidateQueries({ queryKey, exact: true });
  };
  source.onerror = () => onConnection?.("lost");
  source.onmessage = ({ data }) => applyLiveEvent(client, liveEvent.parse(JSON.parse(data)));
  return () => source.close();
}

/** Writes what an event tells into the query cache; what no page has asked for is left alone. */
export function applyLiveEvent(client: QueryClient, event: LiveEvent): void {
  switch (event.kind) {
    case "run": {
      const before = client.getQueryData(runsQuery().queryKey)?.find(({ id }) => id === event.run.id);
      putRun(client, event.run);
      if (before?.collection?.status !== event.run.collection?.status) {
        void client.invalidateQueries({ queryKey: keys.collections(event.run.id) });
      }
      return;
    }
    case "runRemoved":
      removeRun(client, event.runId);
      return;
    case "metrics":
      client.setQueryData(
        runQuery(event.runId).queryKey,
        (detail) => detail && { ...detail, metrics: mergeSteps(detail.metrics, event.metrics) },
      );
      return;
    case "evaluation":
      client.setQueryData(
        runQuery(event.runId).queryKey,
        (detail) => detail && { ...detail, evaluations: mergeSteps(detail.evaluations, [event.evaluation]) },
      );
      return;
    case "health":
      client.setQueryData(
        runQuery(event.runId).queryKey,
        (detail) => detail && { ...detail, health: mergeSteps(detail.health, [event.health]) },
      );
      return;
    case "log":
      client.setQueryData(runQuery(event.runId).queryKey, (detail) => detail && { ...detail, log: [...detail.log, event.line] });
      return;
    case "task":
      putTask(client, event.task);
      return;
  }
}

/**
 * Puts fresh records, ascending by step, behind those before them. A run that resumed from a checkpoint measures steps anew: from the first fresh
 * step on, the fresh records stand alone.
 */
export function mergeSteps<Step extends Pick<StepMetrics, "step">>(before: readonly Step[], fresh: readonly Step[]): Step[] {
  const first = fresh[0];
  if (first === undefined) return [...before];
  return [...before.filter(({ step }) => step < first.step), ...fresh];
}
