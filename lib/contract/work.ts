import { z } from "zod";
import { jobSummary } from "./run";
import { databaseSnapshot } from "./snapshot";

/** Kinds of work as a person sees them: those of jobs, and trainings, collections and experiments. */
export const workKind = z.enum([
  "training",
  "collection",
  "measurement",
  "study",
  "detection",
  "benchmark",
  "experiment",
  "bake",
  "import",
  "download",
  "demonstration",
]);
export type WorkKindName = z.infer<typeof workKind>;

export const workState = z.enum(["queued", "running", "finished", "stopped", "cancelled", "failed"]);
export type WorkState = z.infer<typeof workState>;

/** `open` is queued or running. */
export const workStateFilter = z.enum(["open", ...workState.options]);

export const workItem = z.object({
  id: z.string(),
  kind: workKind,
  /** Of a job, its kind; null for runs, collections and experiments. */
  job: jobSummary.shape.kind.nullable(),
  /** What it works on or makes, by name. */
  subject: z.string(),
  state: workState,
  /** What it is doing, in words for a person. */
  message: z.string(),
  error: z.string().nullable(),
  done: z.number(),
  total: z.number().nullable(),
  /** What `done` and `total` count. */
  unit: z.string(),
  /** Where the work estimates it itself. */
  secondsLeft: z.number().nullable(),
  createdAt: z.string(),
  /** Null while it is queued, and where it was not recorded. */
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  /** Time at work; null where it was not recorded. Of open work the page counts from `startedAt`. */
  seconds: z.number().nullable(),
  /** The run it belongs to; null where there is none, or it was removed. */
  runId: z.string().nullable(),
  studyId: z.string().nullable(),
});
export type WorkItem = z.infer<typeof workItem>;

/** `GET /api/work` */
export const workQuery = z.object({
  kind: workKind.optional(),
  state: workStateFilter.optional(),
  offset: z.coerce.number().pipe(z.int().min(0)).default(0),
  limit: z.coerce.number().pipe(z.int().min(1).max(200)).default(50),
});
export type WorkQuery = z.infer<typeof workQuery>;

export const workPage = z.object({
  /** Open work first; open and ended work are each newest first. */
  work: z.array(workItem),
  /** How many there are with this kind and state. */
  total: z.int(),
  /** How many are queued or running, whatever the filter. */
  open: z.int(),
  snapshot: databaseSnapshot,
});
export type WorkPage = z.infer<typeof workPage>;

export function isOpenWork({ state }: Pick<WorkItem, "state">): boolean {
  return state === "queued" || state === "running";
}
