"use client";
import { ChevronUp } from "lucide-react";
import { type MouseEvent, memo } from "react";
import { LatentName } from "@/components/latents/latent-name";
import { Checkbox } from "@/components/ui/checkbox";
import { classNames } from "@/components/ui/class-names";
import { FailedPart } from "@/components/ui/failed-part";
import { Link } from "@/components/ui/link";
import { Skeleton } from "@/components/ui/skeleton";
import type { LatentRow } from "@/lib/contract/latent";
import { latentKey, wholeLatentKey } from "@/lib/contract/latent-key";
import { formatInteger, formatPlural } from "@/lib/numbers/format";
import { isOfTokens, type TableColumn } from "./columns/columns";
import { EffectDot } from "./effect-dot";
import { LatentCard } from "./latent-card";
import { LatentCell } from "./latent-cell";
import styles from "./latents.module.css";
import type { RowProps, RowView } from "./row-props";

/** One latent in the table; a card on a narrow screen. Drawn again only when something of its own changes. */
export const LatentTableRow = memo(function LatentTableRow(props: RowProps) {
  const { row, index, hrefOf, columns, view, isNarrow, isFocused, isSelected, isDuplicate, onSelect, onOpen } = props;
  const hasTokens = columns.some(isOfTokens);
  return (
    <tr
      className={classNames(layoutOf(isNarrow), isFocused && styles["focused"])}
      aria-selected={isSelected}
      aria-rowindex={index + 2}
      onClick={(event) => {
        if (!isOnControl(event)) onOpen(row, index);
      }}
    >
      <td className={styles["choose"]} onClickCapture={(event) => event.shiftKey && chooseRange(event)}>
        <Checkbox
          label={`Select ${latentKey(row)}`}
          isLabelHidden
          isChecked={isSelected}
          onIsCheckedChange={() => onSelect(row, index, false)}
        />
      </td>
      <td className={classNames(styles["who"], isDuplicate && styles["duplicate"])}>
        {isDuplicate && <span className="vh">Near-duplicate: </span>}
        <Link href={hrefOf(row, index)} prefetch={false} title={wholeLatentKey(row)}>
          <LatentName layer={row.layer} projection={row.projection} index={row.index} />
        </Link>
        <Fold {...props} />
      </td>
      {isNarrow !== false && <LatentCard {...props} />}
      {isNarrow !== true && columns.map((column) => <Cells key={column.key} column={column} row={row} view={view} hasTokens={hasTokens} />)}
    </tr>
  );

  function chooseRange(event: MouseEvent): void {
    event.preventDefault();
    event.stopPropagation();
    onSelect(row, index, true);
  }
});

/** A card, a row (no class), or either, as the screen is. */
function layoutOf(isNarrow: boolean | null): string | undefined {
  return isNarrow === false ? undefined : classNames(styles["card"], isNarrow === null && styles["either"]);
}

/** How many near-duplicates are folded under a row, which a press unfolds. */
function Fold({ row, index, folded, isUnfolded, onUnfold }: Pick<RowProps, "row" | "index" | "folded" | "isUnfolded" | "onUnfold">) {
  const { count, latents } = folded;
  if (count === 0) return null;
  const first = latents.length < count ? `the first ${formatInteger(latents.length)} of ` : "";
  const words = `${first}${formatPlural(count, "near-duplicate")} of ${latentKey(row)}`;
  return (
    <button
      type="button"
      className={styles["fold"]}
      aria-expanded={isUnfolded}
      aria-label={`${isUnfolded ? "Hide" : "Show"} ${words}`}
      title={words}
      onClick={() => onUnfold(index, folded)}
    >
      {isUnfolded ? <ChevronUp size={11} aria-hidden="true" /> : "+"}
      {formatInteger(count)}
    </button>
  );
}

type CellsProps = { readonly column: TableColumn; readonly row: LatentRow; readonly view: RowView; readonly hasTokens: boolean };

function Cells({ column, row, view, hasTokens }: CellsProps) {
  const cell = (
    <td className={classNames(column.sort !== undefined && column.key !== "label" && "num", styles[column.key])}>
      <LatentCell row={row} column={column.key} view={view} hasTokens={hasTokens} />
    </td>
  );
  if (column.key !== "ablation" || view.axis === null) return cell;
  return (
    <>
      {cell}
      <td>{row.ablation !== null && <EffectDot effect={row.ablation} axis={view.axis} mark={view.mark} isDense={view.isDense} />}</td>
    </>
  );
}

/** A row whose page is on the way; nothing is seen of it in the first 200 ms. */
export const LatentTableGap = memo(function LatentTableGap({ cells, isNarrow }: Pick<FailedRowProps, "cells" | "isNarrow">) {
  return (
    <tr className={layoutOf(isNarrow)}>
      <td className={styles["choose"]} />
      <td className={styles["who"]}>
        <span className={styles["late"]}>
          <Skeleton width={120} />
        </span>
      </td>
      {isNarrow !== true && cells > 2 && (
        <td colSpan={cells - 2}>
          <span className={styles["late"]}>
            <Skeleton width="62%" />
          </span>
        </td>
      )}
    </tr>
  );
});

type FailedRowProps = { readonly cells: number; readonly isNarrow: boolean | null; readonly error: Error; readonly onRetry: () => void };

/** Takes the place of near-duplicates that could not be read. */
export function FailedRow({ cells, isNarrow, error, onRetry }: FailedRowProps) {
  return (
    <tr className={layoutOf(isNarrow)}>
      <td className={styles["failed"]} colSpan={cells}>
        <FailedPart query={{ data: undefined, error, refetch: onRetry }} failure="Could not load the near-duplicates" />
      </td>
    </tr>
  );
}

function isOnControl(event: MouseEvent): boolean {
  return event.target instanceof Element && event.target.closest("a, input, label, button") !== null;
}
