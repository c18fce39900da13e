import { type RunRow, readRun } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { found } from "@/server/services/errors";
import { demandFinished } from "@/server/services/runs/demand-finished";
import { demandLatents, type LatentRun } from "@/server/services/runs/demand-latents";
import { demandText } from "@/server/services/runs/demand-text";
import { type AdapterShape, adapterShape } from "./adapter-shape";

/** A run over a model that continues text which no training changes any more. @throws ServiceError `conflict` while it is trained; `invalid` for an encoder's */
export async function finishedRun(context: ServiceContext, runId: string): Promise<RunRow> {
  const run = found(await readRun(context.store.db, runId), "such run");
  demandText(run);
  demandFinished(run);
  return run;
}

/** As `finishedRun`, with what edits are held against. @throws ServiceError also for a run without latents, or when it has no adapter */
export async function finishedAdapter(context: ServiceContext, runId: string): Promise<{ run: LatentRun; shape: AdapterShape }> {
  const run = demandLatents(await finishedRun(context, runId));
  return { run, shape: await adapterShape(context, run) };
}
