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
  const { decoderCosine, coFiring, tokens, lift } = nearDuplicate;
  const rule = `${one}s that fire most at the same ${tokens} tokens (each at least ${lift} × its base rate) and in the same domain, or ${one}s of one module with a decoder cosine of at least ${decoderCosine} and a normalised PMI of firings of at least ${coFiring}. These limits are our choice.`;
  return (
    <Tooltip text={`${isShown ? "Fold" : "Show"} near-duplicates: ${rule}`}>
      <button
        type="button"
        className={`small dim ${styles["order"]}`}
        onClick={() => onParams(withFilters(params, { duplicates: isShown ? "folded" : "shown" }))}
      >
        {isShown ? "Fold near-duplicates" : `+${formatInteger(folded)} near-duplicates`}
      </button>
    </Tooltip>
  );
}
