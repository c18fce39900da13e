import { filterChips } from "@/components/latents/filter-chips";
import type { LatentParams } from "@/components/latents/latent-params";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import type { CollectionSummary } from "@/lib/contract/latent";
import { positionKindOf } from "@/lib/contract/positions/positions";

type NothingLeftProps = {
  readonly collection: CollectionSummary;
  /** `latent` or `component`. */
  readonly one: string;
  readonly params: LatentParams;
  readonly onParams: (next: LatentParams) => void;
};

/** A table that the filters leave empty, with the last filter to remove. */
export function NothingLeft({ collection, one, params, onParams }: NothingLeftProps) {
  const chips = filterChips(params, positionKindOf(collection.positionKind));
  const last = chips.at(-1);
  return (
    <EmptyState
      title={`No ${one}s match these filters`}
      action={last !== undefined && <Button onClick={() => onParams(last.without)}>Remove filter: {last.label}</Button>}
    >
      {chips.map((chip) => chip.label).join(", ")}
    </EmptyState>
  );
}
