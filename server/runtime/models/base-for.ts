import type { RunConfig } from "@/lib/contract/run-config";
import { taskOf } from "@/lib/contract/tasks/tasks";
import type { TurnKind } from "@/server/runtime/device-turns";
import type { Lease } from "@/server/runtime/resource-cache";
import type { Runtime } from "@/server/runtime/runtime";
import type { Precision } from "./load-base-model";
import type { LoadedBase } from "./loaded-base";

/**
 * The base model that a run's task asks for: one that continues text, or an encoder. The caller releases the lease.
 *
 * @throws FileError naming the file and what is wrong with it, also where the model is of the other kind
 */
export function baseFor(
  runtime: Runtime,
  config: Pick<RunConfig, "task">,
  path: string,
  precision: Precision,
  kind: TurnKind,
): Promise<Lease<LoadedBase>> {
  if (taskOf(config).kind === "languageModel") return runtime.base(path, precision, kind);
  return runtime.encoder(path, precision, kind);
}
