import { memoryPlan, totalBytes } from "@/lib/contract/memory-plan";
import { remedyNames, savedByRemedies } from "@/lib/contract/memory-remedies";
import type { ModelSummary } from "@/lib/contract/model";
import type { RunConfig } from "@/lib/contract/run-config";
import { formatBytes } from "@/lib/numbers/format";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";
import { readWorkerMemory } from "@/server/services/work/worker-memory";

/** A smaller plan fits any machine: no worker is asked. Our choice. */
const alwaysFits = 2 ** 30;

/**
 * Refuses a run whose planned tensors exceed all memory of a worker's machine. What other processes hold is not counted: they may end before it starts.
 *
 * @throws ServiceError with what would make it fit
 */
export async function checkMemory(context: ServiceContext, config: RunConfig, model: ModelSummary): Promise<void> {
  const plan = memoryPlan(config, model);
  if (plan === null || totalBytes(plan) <= alwaysFits) return;
  const needed = totalBytes(plan);
  const there = await readWorkerMemory(context);
  if (there === null || needed <= there) return;
  const savings = savedByRemedies(config, model).map(({ remedy, savedBytes }) => `${remedyNames[remedy]} saves ${formatBytes(savedBytes)}`);
  const remedies = savings.length === 0 ? "Choose a smaller model or fewer latents." : `What would help: ${savings.join("; ")}.`;
  throw new ServiceError(
    "invalid",
    `Training needs about ${formatBytes(needed)} of memory, and the worker's machine has ${formatBytes(there)}. ${remedies} The estimate is accurate to about 15 %; to start anyway, set startAnyway.`,
  );
}
