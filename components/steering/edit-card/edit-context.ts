import type { ReadsInput } from "@/components/steering/steer-task";
import type { CollectionModule, CollectionSummary } from "@/lib/contract/latent";
import type { LatentConfig, LatentMethod } from "@/lib/contract/run-config";

/** What every card of a list knows of its run. */
export type EditContext = {
  readonly runId: string;
  readonly collection: CollectionSummary | null;
  readonly method: LatentMethod;
  /** As the run was configured; null until the run is read. */
  readonly adapter: LatentConfig | null;
  readonly reads: ReadsInput;
};

/** What can be asked of one card of a list. */
export type EditActions<Edited> = {
  readonly onEdit: (next: Edited) => void;
  readonly onRemove: () => void;
  readonly onDuplicate: () => void;
  /** By so many places; null where the list ends. */
  readonly onMoveUp: (() => void) | null;
  readonly onMoveDown: (() => void) | null;
};

export function modulesOf({ collection }: Pick<EditContext, "collection">): readonly CollectionModule[] {
  return collection?.modules ?? [];
}

/**
 * Why a module cannot be a condition of an edit of another: it must have been computed by then. A collection's modules are in the order in which the model
 * computes them.
 */
export function conditionRefusal(module: string, edited: string, modules: readonly CollectionModule[]): string | undefined {
  const at = modules.findIndex(({ name }) => name === module);
  const of = modules.findIndex(({ name }) => name === edited);
  return at >= 0 && of >= 0 && at > of ? "computed later" : undefined;
}
