import { hasAdapter } from "@/lib/contract/run";
import type { RunRow } from "@/server/db/runs/runs";
import { ServiceError } from "@/server/services/errors";

/** @throws ServiceError `conflict` for a run that a training may still change */
export function demandFinished(run: Pick<RunRow, "status">): void {
  if (hasAdapter(run)) return;
  throw new ServiceError("conflict", `The run is ${run.status}: its finished adapter is needed. Wait for it, or stop and keep it.`);
}
