import { logPageLines, type RunCurve, type RunLogLine } from "@/lib/contract/run";
import { readCurve } from "@/server/db/runs/run-curve";
import { readLog } from "@/server/db/runs/run-progress";
import { readRun } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { found } from "@/server/services/errors";

/** The curve of a range of steps, thinned less than the whole. */
export async function getCurve({ store: { db } }: ServiceContext, runId: string, range: { from: number; to: number }): Promise<RunCurve> {
  found(await readRun(db, runId), "such run");
  return readCurve(db, runId, range.from, range.to);
}

/** A page of the log: the newest lines of those before the line `before`. */
export async function getLog({ store: { db } }: ServiceContext, runId: string, { before }: { before?: number | undefined }) {
  found(await readRun(db, runId), "such run");
  const lines: RunLogLine[] = await readLog(db, runId, { ...(before === undefined ? {} : { before }), most: logPageLines });
  return { lines };
}
