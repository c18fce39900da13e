import type { Edit } from "@/lib/contract/edit";
import type { CollectionSummary } from "@/lib/contract/latent";
import type { LatentMethod } from "@/lib/contract/run-config";

/** What studies know of the page that they stand on. */
export type StudyHome = {
  readonly runId: string;
  readonly collection: CollectionSummary | null;
  readonly method: LatentMethod;
  /** The edits of the page, and how they are changed. */
  readonly edits: readonly Edit[];
  readonly onEdits: (edits: readonly Edit[]) => void;
  /** The prompt of the page, and how it is read. */
  readonly prompt: string;
  readonly useChatTemplate: boolean;
};

export function modulesOf({ collection }: Pick<StudyHome, "collection">): CollectionSummary["modules"] {
  return collection?.modules ?? [];
}
