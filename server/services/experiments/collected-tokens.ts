import type { CollectionSettings, TrainingSettings } from "@/lib/contract/run-config";
import { stepTokensOf } from "./step-tokens";

/** Of a run's data: lengths in characters of some rows (none of images, or where they cannot be read), and how many rows are trained on and held out. */
export type CountedRows = { readonly lengths: readonly number[]; readonly trained: number; readonly heldOut: number };

/** A run, as far as its statistics pass hangs on it; `dataSetId` is that of its own data, where they are a dataset. */
type CollectedRun = {
  readonly collection: CollectionSettings | null;
  readonly dataSetId: string | undefined;
  readonly training: Pick<TrainingSettings, "maxTokens">;
};

/** Tokens of the statistics pass, which ends with its data; data other than the run's own is not read for an estimate. */
export function collectedTokensOf({ collection, dataSetId, training }: CollectedRun, { lengths, trained, heldOut }: CountedRows): number {
  if (collection === null) return 0;
  const { maxTokens, split } = collection;
  if (collection.dataSetId !== undefined && collection.dataSetId !== dataSetId) return maxTokens;
  const rows = { train: trained, validation: heldOut, all: trained + heldOut }[split];
  const rowTokens = stepTokensOf(lengths, { batchRows: 1, maxTokens: collection.rowTokens ?? training.maxTokens }).read;
  return Math.min(maxTokens, rows * rowTokens);
}
