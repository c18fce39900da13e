import { desc, eq, sql } from "drizzle-orm";
import type { Database } from "@/server/db/client";
import { notify } from "@/server/db/events";
import { experiments, experimentTrials } from "@/server/db/tables/experiment-tables";
import { readStored } from "@/server/db/tables/stored-experiment";

export type ExperimentRow = ReturnType<typeof readStored<typeof experiments.$inferSelect>>;
export type NewExperiment = Pick<ExperimentRow, "id" | "name" | "request" | "estimate" | "modelName" | "dataName" | "stage">;
export type NewTrial = Omit<typeof experimentTrials.$inferInsert, "experimentId" | "runId" | "stoppedAtStep" | "taskId">;

/** Writes an experiment down with the trials that are planned; a worker starts them. */
export async function insertExperiment(db: Database, experiment: NewExperiment, trials: readonly NewTrial[]): Promise<void> {
  await db.transaction(async (transaction) => {
    await transaction.insert(experiments).values(experiment);
    await insertTrials(transaction, experiment.id, trials);
    await notify(transaction, { kind: "experiment", experimentId: experiment.id });
  });
}

/** Plans trials; one that is planned already stays as it is. */
export async function insertTrials(db: Database, experimentId: string, trials: readonly NewTrial[]): Promise<void> {
  if (trials.length === 0) return;
  await db
    .insert(experimentTrials)
    .values(trials.map((trial) => ({ experimentId, ...trial })))
    .onConflictDoNothing();
}

export async function readExperiment(db: Database, experimentId: string): Promise<ExperimentRow | undefined> {
  return (await db.select().from(experiments).where(eq(experiments.id, experimentId))).map(readStored)[0];
}

/** All, newest first. */
export async function listExperiments(db: Database): Promise<ExperimentRow[]> {
  return (await db.select().from(experiments).orderBy(desc(experiments.createdAt), desc(experiments.id))).map(readStored);
}

export async function listRunningExperiments(db: Database): Promise<string[]> {
  const found = await db
    .select({ id: experiments.id })
    .from(experiments)
    .where(eq(experiments.status, "running"))
    .orderBy(experiments.createdAt);
  return found.map(({ id }) => id);
}

/** Reads an experiment and keeps all others from changing it until the transaction ends: one process at a time moves it on. */
export async function lockExperiment(transaction: Database, experimentId: string): Promise<ExperimentRow | undefined> {
  return (await transaction.select().from(experiments).where(eq(experiments.id, experimentId)).for("update")).map(readStored)[0];
}

export async function setExperiment(
  db: Database,
  experimentId: string,
  changes: Partial<Pick<ExperimentRow, "status" | "stage" | "error" | "choices">>,
): Promise<void> {
  const { status } = changes;
  const finishedAt = status === undefined ? {} : { finishedAt: status === "running" ? null : sql`now()` };
  await db
    .update(experiments)
    .set({ ...changes, ...finishedAt })
    .where(eq(experiments.id, experimentId));
  await notify(db, { kind: "experiment", experimentId });
}

/** Removes an experiment's record; its runs stay. */
export async function deleteExperiment(db: Database, experimentId: string): Promise<void> {
  await db.delete(experiments).where(eq(experiments.id, experimentId));
  await notify(db, { kind: "experimentRemoved", experimentId });
}
