import { type RunRow, readRun } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError } from "@/server/services/errors";
import { demandText } from "@/server/services/runs/demand-text";
import { type AdapterShape, adapterShape } from "./adapter-shape";

/** A run whose adapter no training changes any more. @throws ServiceError `conflict` while it is trained, or when it has none; for an encoder's */
export async function finishedAdapter(context: ServiceContext, runId: string): Promise<{ run: RunRow; shape: AdapterShape }> {
  const run = found(await readRun(context.store.db, runId), "such run");
  demandText(run);
  if (run.status !== "finished" && run.status !== "stopped") {
    throw new ServiceError("conflict", `The run is ${run.status}: its finished adapter is needed. Let it end, or stop and keep it.`);
  }
  return { run, shape: await adapterShape(context, run) };
}
