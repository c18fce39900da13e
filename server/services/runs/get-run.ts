import { logPageLines, type RunDetail } from "@/lib/contract/run";
import { readCurve } from "@/server/db/runs/run-curve";
import { readEvaluations, readHealth, readLog } from "@/server/db/runs/run-progress";
import { readRun, readRunSummary } from "@/server/db/runs/runs";
import { readWithSnapshot } from "@/server/db/snapshot";
import type { ServiceContext } from "@/server/services/context";
import { found } from "@/server/services/errors";

/** A run with what was measured of it: its curve thinned, of its log the newest lines. */
export function getRun({ store }: ServiceContext, runId: string): Promise<RunDetail> {
  return readWithSnapshot(store.db, async (db) => {
    const { config, imported, provenance, bakedEdits } = found(await readRun(db, runId), "such run");
    return {
      run: found(await readRunSummary(db, runId), "such run"),
      config,
      imported,
      bakedEdits,
      provenance,
      ...(await readCurve(db, runId)),
      evaluations: await readEvaluations(db, runId),
      health: await readHealth(db, runId),
      log: await readLog(db, runId, { most: logPageLines }),
    };
  });
}
