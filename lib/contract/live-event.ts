import { z } from "zod";
import { experimentSummary } from "./experiment";
import { evaluationMetrics, healthMetrics, jobSummary, runLogLine, runSummary, stepMetrics } from "./run";
import { databaseSnapshot } from "./snapshot";

/** The database's transaction that made the change: an answer whose `snapshot` includes it already shows the change. */
const transaction = z.int();

/** What `GET /api/events` and `GET /api/runs/{run}/events` send, one JSON object an event. */
export const liveEvent = z.discriminatedUnion("kind", [
  /** Comes once a connection: every change that this snapshot does not include follows as an event. */
  z.object({ kind: z.literal("begin"), snapshot: databaseSnapshot }),
  z.object({ kind: z.literal("run"), transaction, run: runSummary }),
  z.object({ kind: z.literal("runRemoved"), transaction, runId: z.string() }),
  z.object({ kind: z.literal("metrics"), transaction, runId: z.string(), metrics: z.array(stepMetrics) }),
  z.object({ kind: z.literal("evaluation"), transaction, runId: z.string(), evaluation: evaluationMetrics }),
  z.object({ kind: z.literal("health"), transaction, runId: z.string(), health: healthMetrics }),
  z.object({ kind: z.literal("log"), transaction, runId: z.string(), line: runLogLine }),
  z.object({ kind: z.literal("task"), transaction, task: jobSummary }),
  z.object({ kind: z.literal("experiment"), transaction, experiment: experimentSummary }),
  z.object({ kind: z.literal("experimentRemoved"), transaction, experimentId: z.string() }),
]);

/** What `GET /api/events` is asked for. */
export const eventsQuery = z.object({ scope: z.enum(["summary", "full"]).default("summary") });

export type LiveEvent = z.infer<typeof liveEvent>;
/** A live event that tells of a change. */
export type LiveChange = Exclude<LiveEvent, { kind: "begin" }>;

/** The run that changed, or of which something was measured; undefined for a job or an experiment. */
export function runIdOf(change: LiveChange): string | undefined {
  if (change.kind === "run") return change.run.id;
  return "runId" in change ? change.runId : undefined;
}
