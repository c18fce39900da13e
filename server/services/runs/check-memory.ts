import { type CollectionMemory, collectionBytes, collectionMemory, type PlannedCollection } from "@/lib/contract/collection-memory";
import { type MemoryPlan, memoryPlan, processMemory } from "@/lib/contract/memory-plan";
import { remedyNames, savedByRemedies } from "@/lib/contract/memory-remedies";
import { type ModelSummary, readsImages } from "@/lib/contract/model";
import { hasLatents, type RunConfig, rowTokens } from "@/lib/contract/run-config";
import { formatBytes } from "@/lib/numbers/format";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";
import { readWorkerMemory } from "@/server/services/work/worker-memory";

/** Whatever needs less than this fits on any machine, so no worker is asked. Our choice. */
const alwaysFits = 2 ** 30;

/**
 * Refuses a run whose planned tensors, or those of the statistics pass after it, exceed all memory of a worker's machine. What other processes hold is not
 * counted: they may end before it starts.
 *
 * @throws ServiceError with what would make it fit
 */
export async function checkMemory(context: ServiceContext, config: RunConfig, model: ModelSummary): Promise<void> {
  const plan = memoryPlan(config, model);
  const { adapter, collection: settings, frozenDtype } = config;
  if (plan !== null) {
    await demandMemory(context, "Training", plan, () => {
      const savings = savedByRemedies(config, model).map(({ remedy, savedBytes }) => saving(remedyNames[remedy], savedBytes));
      return savings.length === 0 ? "Choose a smaller model or fewer latents." : helps(savings);
    });
  }
  if (settings === null || !hasLatents(adapter)) return;
  await checkCollectionMemory(context, { adapter, frozenDtype, settings, rowTokens: settings.rowTokens ?? rowTokens(config) }, model);
}

/** The same of a statistics pass alone. @throws ServiceError with what would make it fit */
export async function checkCollectionMemory(context: ServiceContext, planned: PlannedCollection, model: ModelSummary): Promise<void> {
  const memory = collectionMemory(planned, model);
  if (memory === null) return;
  const needed = collectionBytes(memory);
  const { settings, rowTokens } = planned;
  const remedies: Readonly<Record<string, PlannedCollection>> = {
    "batches of 1 row": { ...planned, settings: { ...settings, batchRows: 1 } },
    ...(readsImages(model) ? {} : { [remedyNames.halfLength]: { ...planned, rowTokens: Math.max(2, Math.floor(rowTokens / 2)) } }),
    "no attribution": { ...planned, settings: { ...settings, attributionRows: 0 } },
    "one shard": { ...planned, settings: { ...settings, shardTokens: settings.maxTokens } },
  };
  await demandMemory(context, "Collecting statistics", memory, () => {
    const savings = Object.entries(remedies).flatMap(([name, changed]) => {
      const other = collectionMemory(changed, model);
      const saved = other === null ? 0 : needed - collectionBytes(other);
      return saved >= needed / 100 ? [saving(name, saved)] : [];
    });
    return savings.length === 0 ? "Use a machine with more memory, or a run with packed frozen weights." : helps(savings);
  });
}

/** @param remedies are asked for where it does not fit */
async function demandMemory(
  context: ServiceContext,
  work: string,
  planned: MemoryPlan | CollectionMemory,
  remedies: () => string,
): Promise<void> {
  const needed = processMemory(planned);
  if (needed <= alwaysFits) return;
  const { totalBytes: there } = await readWorkerMemory(context);
  if (there === null || needed <= there) return;
  throw new ServiceError(
    "invalid",
    `${work} needs about ${formatBytes(needed)} of memory, but the worker's machine has ${formatBytes(there)}. ${remedies()} The estimate is accurate to about 15 %; to start anyway, set startAnyway.`,
  );
}

function helps(savings: readonly string[]): string {
  return `What would help: ${savings.join("; ")}.`;
}

function saving(name: string, bytes: number): string {
  return `${name} saves ${formatBytes(bytes)}`;
}
