"use client";
import { type LatentParams, toggleSort } from "@/components/latents/latent-params";
import { readingOrderWords } from "@/components/latents/reading-order-words";
import { Button } from "@/components/ui/button";
import { Tooltip } from "@/components/ui/tooltip";
import { readingOrder } from "@/lib/contract/latent-columns/column-sorts";
import styles from "./latents.module.css";

type OrderNoteProps = {
  /** `latent` or `component`. */
  readonly one: string;
  readonly isDense: boolean;
  readonly params: LatentParams;
  readonly onParams: (next: LatentParams) => void;
  /** The order in words, where no column's head shows it. */
  readonly note: string | null;
  /** False for a dictionary, whose latents lack the statistics that it needs. */
  readonly hasReadingOrder: boolean;
};

/** The order in words where no column's head shows it, and the way back to the reading order. */
export function OrderNote({ one, isDense, params, onParams, note, hasReadingOrder }: OrderNoteProps) {
  if (params.sort === readingOrder && note !== null)
    return (
      <Tooltip text={readingOrderWords(one, isDense)}>
        <button
          type="button"
          className={`only-wide small dim ${styles["order"]}`}
          onClick={() => onParams(toggleSort(params, readingOrder))}
        >
          {note}
        </button>
      </Tooltip>
    );
  return (
    <>
      {note !== null && <span className="only-wide small dim">{note}</span>}
      {hasReadingOrder && params.sort !== readingOrder && (
        <span className="only-wide">
          <Tooltip text={readingOrderWords(one, isDense)}>
            <Button look="quiet" onClick={() => onParams({ ...params, sort: readingOrder, order: "desc" })}>
              Reading order
            </Button>
          </Tooltip>
        </span>
      )}
    </>
  );
}
