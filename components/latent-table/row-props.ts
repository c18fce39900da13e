import type { Mark } from "@/components/plots/mark";
import type { CollectionSummary, FoldedUnder, LatentRow } from "@/lib/contract/latent";
import type { LatentSortKey } from "@/lib/contract/latent-columns/column-sorts";
import type { PositionKind } from "@/lib/contract/positions/position-kind";
import type { TableColumn } from "./columns/columns";
import type { EffectAxis } from "./effect-axis";

/** What all rows of a table share; the same object while nothing of it changes, so that rows are not drawn again. */
export type RowView = {
  readonly domains: CollectionSummary["domains"];
  readonly positions: PositionKind;
  readonly axis: EffectAxis | null;
  /** The largest |output share| there is: the length of a full bar. */
  readonly largestShare: number;
  readonly mark: Mark;
  /** Whether its latents fire everywhere, so that their tails are shown in place of their firings. */
  readonly isDense: boolean;
  /** What is searched for, among tokens and labels; empty where nothing is. */
  readonly searched: string;
};

export type RowProps = {
  readonly row: LatentRow;
  /** Its place among the drawn rows. */
  readonly index: number;
  readonly hrefOf: (row: LatentRow, index: number) => string;
  readonly columns: readonly TableColumn[];
  readonly view: RowView;
  readonly sort: LatentSortKey;
  /** Null where it is not known yet: then the styles show one of the row and the card. */
  readonly isNarrow: boolean | null;
  readonly isFocused: boolean;
  readonly isSelected: boolean;
  /** Its near-duplicates that the table folds; unfolded, they are the rows below it. */
  readonly folded: FoldedUnder;
  readonly isUnfolded: boolean;
  /** Whether it is a near-duplicate, unfolded under another row. */
  readonly isDuplicate: boolean;
  readonly onUnfold: (index: number, folded: FoldedUnder) => void;
  /** `isRange` when shift is held: from the row that was chosen last to this one. */
  readonly onSelect: (row: LatentRow, index: number, isRange: boolean) => void;
  readonly onOpen: (row: LatentRow, index: number) => void;
};
