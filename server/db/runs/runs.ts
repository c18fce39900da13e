import { and, desc, eq, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import type { RunCost, RunStatus, RunSummary, StepMetrics } from "@/lib/contract/run";
import { type Database, onlyRow } from "@/server/db/client";
import { notify } from "@/server/db/events";
import { collections } from "@/server/db/tables/collection-tables";
import { type RunRequest, runs } from "@/server/db/tables/run-tables";
import { appendMetrics } from "./run-progress";

export type RunRow = typeof runs.$inferSelect;
export type NewRun = Pick<
  typeof runs.$inferInsert,
  | "id"
  | "name"
  | "group"
  | "method"
  | "modelId"
  | "modelName"
  | "dataSetId"
  | "dataName"
  | "seed"
  | "config"
  | "steps"
  | "cost"
  | "experiment"
>;

const unfinished: readonly RunStatus[] = ["queued", "running", "stopping"];
export const isUnfinishedRun = inArray(runs.status, [...unfinished]);

export async function insertRun(db: Database, run: NewRun): Promise<void> {
  await db.insert(runs).values(run);
  await notify(db, { kind: "run", runId: run.id });
}

/** Of a run that was not trained: what its adapter was written from, and how it stands from the start. */
export type DerivedRun = NewRun & {
  derivedFrom: string;
  bakedEdits: NonNullable<RunRow["bakedEdits"]>;
  provenance: RunRow["provenance"];
  step: number;
};

/**
 * A finished run whose adapter was written from another's; its files are whole. One that is there already stays.
 *
 * @returns false when the parent is gone meanwhile, and nothing was written
 */
export async function insertDerivedRun(db: Database, run: DerivedRun): Promise<boolean> {
  return db.transaction(async (transaction) => {
    const parent = await transaction.select({ id: runs.id }).from(runs).where(eq(runs.id, run.derivedFrom)).for("key share");
    if (parent.length === 0) return false;
    const finished = { ...run, status: "finished" as const, finishedAt: sql`now()` };
    await transaction.insert(runs).values(finished).onConflictDoNothing();
    await notify(transaction, { kind: "run", runId: run.id });
    return true;
  });
}

/** Of a run that was trained elsewhere. */
export type ImportedRun = NewRun & { imported: NonNullable<RunRow["imported"]>; provenance: RunRow["provenance"]; step: number };

/** A finished run whose files are whole, with the curves that were logged of it. */
export async function insertImportedRun(db: Database, run: ImportedRun, metrics: readonly StepMetrics[]): Promise<void> {
  await db.transaction(async (transaction) => {
    await transaction.insert(runs).values({ ...run, status: "finished", finishedAt: sql`now()` });
    await appendMetrics(transaction, run.id, metrics);
    await notify(transaction, { kind: "run", runId: run.id });
  });
}

export async function readRun(db: Database, runId: string): Promise<RunRow | undefined> {
  return (await db.select().from(runs).where(eq(runs.id, runId)))[0];
}

/** All runs, newest first. */
export async function listRuns(db: Database): Promise<RunSummary[]> {
  return summarise(db, await db.select().from(runs).orderBy(desc(runs.createdAt), desc(runs.id)));
}

export async function readRunSummary(db: Database, runId: string): Promise<RunSummary | undefined> {
  return (await readRunWithSummary(db, runId))?.summary;
}

export async function readRunWithSummary(db: Database, runId: string): Promise<{ row: RunRow; summary: RunSummary } | undefined> {
  const row = await readRun(db, runId);
  if (row === undefined) return undefined;
  return { row, summary: onlyRow(await summarise(db, [row])) };
}

export type MeasuredRun = Pick<RunRow, "id" | "name" | "method" | "modelId" | "config" | "cost">;

/** Finished runs that were trained here and whose step time was measured, newest first. */
export async function listMeasuredRuns(db: Database, limit: number): Promise<MeasuredRun[]> {
  const { id, name, method, modelId, config, cost } = runs;
  const isOwn = and(isNull(runs.imported), isNull(runs.sample), isNull(runs.bakedEdits));
  return db
    .select({ id, name, method, modelId, config, cost })
    .from(runs)
    .where(and(eq(runs.status, "finished"), isOwn, isNotNull(modelId), sql`${cost} ->> 'medianStepMs' IS NOT NULL`))
    .orderBy(desc(runs.createdAt), desc(id))
    .limit(limit);
}

/** Runs that have not ended, oldest first. */
export async function listUnfinishedRuns(db: Database): Promise<RunRow[]> {
  return db.select().from(runs).where(isUnfinishedRun).orderBy(runs.createdAt);
}

export async function modelHasUnfinishedRuns(db: Database, modelId: string): Promise<boolean> {
  const found = await db
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.modelId, modelId), isUnfinishedRun))
    .limit(1);
  return found.length > 0;
}

/**
 * Writes a run's status, with the times that it implies: `running` starts the clock once, an end stops it, `queued` takes the end back.
 * An end also clears what a person had asked for. A run that is over keeps its status.
 *
 * @returns false when it is over
 */
export async function setRunStatus(db: Database, runId: string, status: RunStatus, error: string | null = null): Promise<boolean> {
  const isOver = !unfinished.includes(status);
  const changed = await db
    .update(runs)
    .set({
      status,
      error,
      ...(status === "running" ? { startedAt: sql`coalesce(${runs.startedAt}, now())` } : {}),
      ...(isOver ? { finishedAt: sql`now()`, request: null, secondsLeft: null } : { finishedAt: null }),
      ...(status === "queued" ? { request: null } : {}),
    })
    .where(and(eq(runs.id, runId), isUnfinishedRun))
    .returning({ experiment: runs.experiment });
  return notifyIfChanged(db, runId, changed);
}

/** Queues a run again that ended before its last step; false when it has not, or was queued already. */
export async function requeueRun(db: Database, runId: string): Promise<boolean> {
  const changed = await db
    .update(runs)
    .set({ status: "queued", error: null, finishedAt: null, request: null })
    .where(and(eq(runs.id, runId), inArray(runs.status, ["failed", "cancelled", "stopped"])))
    .returning({ experiment: runs.experiment });
  return notifyIfChanged(db, runId, changed);
}

/** Tells of a run's state where its row was changed. @returns whether it was */
async function notifyIfChanged(db: Database, runId: string, [run]: readonly Pick<RunRow, "experiment">[]): Promise<boolean> {
  if (run === undefined) return false;
  await notify(db, { kind: "run", runId });
  await notifyExperiment(db, run);
  return true;
}

/** Tells a run's experiment, which counts the states of its runs. */
async function notifyExperiment(db: Database, { experiment }: Pick<RunRow, "experiment">): Promise<void> {
  if (experiment !== null) await notify(db, { kind: "experiment", experimentId: experiment.id });
}

export async function setRunProgress(db: Database, runId: string, progress: { step: number; secondsLeft: number | null }): Promise<void> {
  await db.update(runs).set(progress).where(eq(runs.id, runId));
  await notify(db, { kind: "run", runId });
}

export async function setRunCost(db: Database, runId: string, cost: RunCost): Promise<void> {
  await db.update(runs).set({ cost }).where(eq(runs.id, runId));
  await notify(db, { kind: "run", runId });
}

/** Adds to a run's provenance; keys that are there already are written over. */
export async function addRunProvenance(db: Database, runId: string, provenance: Record<string, string>): Promise<void> {
  await db
    .update(runs)
    .set({ provenance: sql`${runs.provenance} || ${JSON.stringify(provenance)}::jsonb` })
    .where(eq(runs.id, runId));
}

/** Leaves word for the worker that holds the run; true when the run was unfinished, so that somebody will read it. */
export async function requestOfRun(db: Database, runId: string, request: RunRequest): Promise<boolean> {
  const changed = await db
    .update(runs)
    .set({ request, status: sql`CASE WHEN ${runs.status} = 'running' AND ${request} = 'stop' THEN 'stopping' ELSE ${runs.status} END` })
    .where(and(eq(runs.id, runId), isUnfinishedRun))
    .returning({ id: runs.id });
  if (changed.length === 0) return false;
  await notify(db, { kind: "request", workId: runId });
  await notify(db, { kind: "run", runId });
  return true;
}

export async function readRunRequest(db: Database, runId: string): Promise<RunRequest | null> {
  const found = await db.select({ request: runs.request }).from(runs).where(eq(runs.id, runId));
  return found[0]?.request ?? null;
}

/** Removes a run with its metrics, log and checkpoints' records; its collections' tables go by `dropCollection` first. */
export async function deleteRun(db: Database, runId: string): Promise<void> {
  const [run] = await db.delete(runs).where(eq(runs.id, runId)).returning({ experiment: runs.experiment });
  await notify(db, { kind: "runRemoved", runId });
  if (run !== undefined) await notifyExperiment(db, run);
}

/** Names of groups that any run carries. */
export async function listGroupStatuses(db: Database, group: string): Promise<RunStatus[]> {
  const found = await db
    .select({ status: runs.status })
    .from(runs)
    .where(and(isNotNull(runs.group), eq(runs.group, group)));
  return found.map(({ status }) => status);
}

async function summarise(db: Database, rows: readonly RunRow[]): Promise<RunSummary[]> {
  if (rows.length === 0) return [];
  const parentOf = await readParents(db, rows);
  const latest = await db
    .selectDistinctOn([collections.runId], {
      runId: collections.runId,
      id: collections.id,
      status: collections.status,
      positionKind: collections.positionKind,
      tokens: collections.positions,
      maxTokens: collections.maxPositions,
    })
    .from(collections)
    .where(
      inArray(
        collections.runId,
        rows.map(({ id }) => id),
      ),
    )
    .orderBy(collections.runId, desc(collections.createdAt));
  const collectionOf = new Map(latest.map(({ runId, ...collection }) => [runId, collection]));
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    method: row.method,
    modelId: row.modelId,
    modelName: row.modelName,
    dataName: row.dataName,
    seed: row.seed,
    status: row.status,
    error: row.error,
    step: row.step,
    steps: row.steps,
    secondsLeft: row.secondsLeft,
    isResumable: isResumable(row),
    latestEvaluation: row.latestEvaluation,
    cost: row.cost,
    collection: collectionOf.get(row.id) ?? null,
    derivedFrom: row.derivedFrom === null ? null : (parentOf.get(row.derivedFrom) ?? null),
    isImported: row.imported !== null,
    isSample: row.sample !== null,
    experiment: row.experiment,
    group: row.group,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  }));
}

/** The runs that any of these is derived from, by id. */
async function readParents(db: Database, rows: readonly RunRow[]): Promise<Map<string, { id: string; name: string }>> {
  const ids = [...new Set(rows.flatMap(({ derivedFrom }) => derivedFrom ?? []))];
  if (ids.length === 0) return new Map();
  const parents = await db.select({ id: runs.id, name: runs.name }).from(runs).where(inArray(runs.id, ids));
  return new Map(parents.map((parent) => [parent.id, parent]));
}

/** Whether there is a checkpoint to resume from and there are steps left. */
function isResumable(row: RunRow): boolean {
  // What failed before its first checkpoint starts over.
  if (row.status === "failed") return (row.checkpointStep ?? 0) < row.steps;
  return (row.status === "cancelled" || row.status === "stopped") && row.checkpointStep !== null && row.checkpointStep < row.steps;
}
