import { baselineOf } from "@/lib/contract/methods/methods";
import { hasLatents, type LatentConfig, type LatentMethod } from "@/lib/contract/run-config";
import type { RunRow } from "@/server/db/runs/runs";
import { ServiceError } from "@/server/services/errors";

/** A run whose adapter has latents, or rank components read as such. */
export type LatentRun = RunRow & { readonly method: LatentMethod; readonly config: { readonly adapter: LatentConfig } };

/** @throws ServiceError `invalid` for a run without latents, where they would have to be read, edited or collected */
export function demandLatents(run: RunRow): LatentRun {
  const { adapter } = run.config;
  if (hasLatents(adapter)) return { ...run, method: adapter.method, config: { ...run.config, adapter } };
  throw new ServiceError("invalid", `${run.name} ${baselineOf(adapter).did}: it has no latents to collect, edit or read on a text.`);
}
