import { and, asc, eq, isNull } from "drizzle-orm";
import type { Database } from "@/server/db/client";
import { notify } from "@/server/db/events";
import type { RunRow } from "@/server/db/runs/runs";
import { experimentTrials } from "@/server/db/tables/experiment-tables";
import { runs } from "@/server/db/tables/run-tables";

export type TrialRow = typeof experimentTrials.$inferSelect;
/** A trial with its run; null before it has one, and where it was removed. */
export type TrialWithRun = { readonly trial: TrialRow; readonly run: RunRow | null };
type TrialKey = Pick<TrialRow, "experimentId" | "stage" | "arm" | "trial">;

/** An experiment's trials with their runs, by stage, place in the arm, arm: the order in which they are started, so that the arms keep pace. */
export async function listTrials(db: Database, experimentId: string): Promise<TrialWithRun[]> {
  const found = await db
    .select({ trial: experimentTrials, run: runs })
    .from(experimentTrials)
    .leftJoin(runs, eq(runs.id, experimentTrials.runId))
    .where(eq(experimentTrials.experimentId, experimentId))
    .orderBy(asc(experimentTrials.stage), asc(experimentTrials.trial), asc(experimentTrials.arm));
  return found;
}

/** The trial that a run carries out. */
export async function trialOfRun(db: Database, runId: string): Promise<TrialRow | undefined> {
  return (await db.select().from(experimentTrials).where(eq(experimentTrials.runId, runId)))[0];
}

/** Names the run of a trial that has none. @returns false when it has one already */
export async function setTrialRun(db: Database, key: TrialKey, runId: string): Promise<boolean> {
  const changed = await db
    .update(experimentTrials)
    .set({ runId })
    .where(and(isTrial(key), isNull(experimentTrials.runId)))
    .returning({ runId: experimentTrials.runId });
  return notifyIfChanged(db, key, changed);
}

export async function setTrialSteps(db: Database, key: TrialKey, steps: number): Promise<void> {
  await db.update(experimentTrials).set({ steps }).where(isTrial(key));
}

export async function setTrialJob(db: Database, key: TrialKey, taskId: string | null): Promise<void> {
  await db.update(experimentTrials).set({ taskId }).where(isTrial(key));
  await notify(db, { kind: "experiment", experimentId: key.experimentId });
}

/** Notes that the median rule stops a trial; false when that is noted already. */
export async function setTrialStopped(db: Database, key: TrialKey, stoppedAtStep: number): Promise<boolean> {
  const changed = await db
    .update(experimentTrials)
    .set({ stoppedAtStep })
    .where(and(isTrial(key), isNull(experimentTrials.stoppedAtStep)))
    .returning({ step: experimentTrials.stoppedAtStep });
  return notifyIfChanged(db, key, changed);
}

/** Tells of a change where a row was changed. @returns whether one was */
async function notifyIfChanged(db: Database, { experimentId }: TrialKey, changed: readonly unknown[]): Promise<boolean> {
  if (changed.length === 0) return false;
  await notify(db, { kind: "experiment", experimentId });
  return true;
}

function isTrial({ experimentId, stage, arm, trial }: TrialKey) {
  return and(
    eq(experimentTrials.experimentId, experimentId),
    eq(experimentTrials.stage, stage),
    eq(experimentTrials.arm, arm),
    eq(experimentTrials.trial, trial),
  );
}
