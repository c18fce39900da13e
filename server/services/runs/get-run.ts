import { logPageLines, type RunDetail, type RunRecord } from "@/lib/contract/run";
import type { Database } from "@/server/db/client";
import { readCurve } from "@/server/db/runs/run-curve";
import { readEvaluations, readHealth, readLog, readNewestStep } from "@/server/db/runs/run-progress";
import { readRunWithSummary } from "@/server/db/runs/runs";
import { readWithSnapshot } from "@/server/db/snapshot";
import type { ServiceContext } from "@/server/services/context";
import { found } from "@/server/services/errors";

/** A run with what was measured of it: its curve thinned, of its log the newest lines. */
export function getRun({ store }: ServiceContext, runId: string): Promise<RunDetail> {
  return readWithSnapshot(store, async (db) => ({
    ...(await readMaking(db, runId)),
    ...(await readCurve(db, runId)),
    evaluations: await readEvaluations(db, runId),
    health: await readHealth(db, runId),
    log: await readLog(db, runId, { most: logPageLines }),
  }));
}

/** The same without what grows with its training. */
export function getRunRecord({ store }: ServiceContext, runId: string): Promise<RunRecord> {
  return readWithSnapshot(store, async (db) => ({ ...(await readMaking(db, runId)), newestStep: await readNewestStep(db, runId) }));
}

/** A run, and how it was made. */
async function readMaking(db: Database, runId: string): Promise<Omit<RunRecord, "newestStep" | "snapshot">> {
  const { row, summary } = found(await readRunWithSummary(db, runId), "such run");
  const { config, imported, bakedEdits, provenance } = row;
  return { run: summary, config, imported, bakedEdits, provenance };
}
