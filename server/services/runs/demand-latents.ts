import { type AdapterConfig, hasLatents, type LatentConfig, type LatentMethod } from "@/lib/contract/run-config";
import type { RunRow } from "@/server/db/runs/runs";
import { ServiceError } from "@/server/services/errors";

/** A run whose adapter has latents, or rank components read as such. */
export type LatentRun = RunRow & { readonly method: LatentMethod; readonly config: { readonly adapter: LatentConfig } };

/** @throws ServiceError `invalid` for a run without latents, where they would have to be read, edited or collected */
export function demandLatents(run: RunRow): LatentRun {
  if (isLatentRun(run)) return run;
  throw new ServiceError(
    "invalid",
    `${run.name} ${whatWasTrained(run.config.adapter)}: it has no latents to collect, to edit or to read on a text.`,
  );
}

function isLatentRun(run: RunRow): run is LatentRun {
  return hasLatents(run.config.adapter);
}

function whatWasTrained({ method }: AdapterConfig): string {
  return method === "head" ? "trained its head alone" : "trained whole weights, with nothing beside them";
}
