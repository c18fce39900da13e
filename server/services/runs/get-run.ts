import type { RunDetail } from "@/lib/contract/run";
import { readEvaluations, readHealth, readLog, readMetrics } from "@/server/db/runs/run-progress";
import { readRun, readRunSummary } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { found } from "@/server/services/errors";

/** A run with all that was measured of it. */
export async function getRun({ store: { db } }: ServiceContext, runId: string): Promise<RunDetail> {
  const [run, row, metrics, evaluations, health, log] = await Promise.all([
    readRunSummary(db, runId),
    readRun(db, runId),
    readMetrics(db, runId),
    readEvaluations(db, runId),
    readHealth(db, runId),
    readLog(db, runId),
  ]);
  const { config, imported, provenance, bakedEdits } = found(row, "such run");
  return { run: found(run, "such run"), config, imported, bakedEdits, provenance, metrics, evaluations, health, log };
}
