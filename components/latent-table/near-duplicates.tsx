"use client";
import { type LatentParams, withFilters } from "@/components/latents/latent-params";
import { Tooltip } from "@/components/ui/tooltip";
import { nearDuplicate } from "@/lib/contract/near-duplicates";
import { formatInteger } from "@/lib/numbers/format";
import styles from "./latents.module.css";

type NearDuplicatesProps = {
  /** `latent` or `component`. */
  readonly one: string;
  /** How many are folded. */
  readonly folded: number;
  readonly params: LatentParams;
  readonly onParams: (next: LatentParams) => void;
};

/** How many near-duplicates are folded, and the switch between folding and showing them. Nothing where there are none. */
export function NearDuplicates({ one, folded, params, onParams }: NearDuplicatesProps) {
  const isShown = params.duplicates === "shown";
  if (folded === 0 && !isShown) return null;
  const { decoderCosine, coFiring } = nearDuplicate;
  const words = `${one}s of one module whose decoder columns have a cosine of at least ${decoderCosine} and whose firings coincide (normalised PMI at least ${coFiring}). Both limits are our choice.`;
  return (
    <Tooltip text={`Near-duplicates: ${words}`}>
      <button
        type="button"
        className={`small dim ${styles["order"]}`}
        onClick={() => onParams(withFilters(params, { duplicates: isShown ? "folded" : "shown" }))}
      >
        {isShown ? "Fold near-duplicates" : `${formatInteger(folded)} near-duplicates folded: show all`}
      </button>
    </Tooltip>
  );
}
