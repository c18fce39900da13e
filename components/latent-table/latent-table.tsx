"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { type LatentHome, latentHrefIn, steeredRun } from "@/components/latents/latent-home";
import type { LatentParams } from "@/components/latents/latent-params";
import { steerHref } from "@/components/latents/steer-href";
import { withTableRow } from "@/components/latents/table-row";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import type { LatentRef } from "@/lib/contract/edit";
import type { CollectionSummary, ColumnHistogram, FoldedUnder, LatentRow } from "@/lib/contract/latent";
import { formatInteger } from "@/lib/numbers/format";
import { choiceWidth, columnWidths, nameWidth, type TableColumn } from "./columns/columns";
import { EffectTicks } from "./effect-dot";
import { LatentHead } from "./latent-head";
import { FailedRow, LatentTableGap, LatentTableRow } from "./latent-table-row";
import styles from "./latents.module.css";
import { NothingLeft } from "./nothing-left";
import type { RowView } from "./row-props";
import { mostAtOnce } from "./selection-tray";
import { cardNumbers } from "./sort-names";
import { drawnCount, isFailed, placeOfDrawn, unfoldedBetween } from "./unfolded-rows";
import { useIsNarrow } from "./use-is-narrow";
import { useLatentKeys } from "./use-latent-keys";
import { fetchRows, nothingFolded, useLatentRows } from "./use-latent-rows";
import type { LatentSelectionState } from "./use-latent-selection";
import { useRowWindow } from "./use-row-window";
import { useUnfolded } from "./use-unfolded";

/** Rows of a table, null before they are known, and the near-duplicates that are folded under them. */
export type TableTotal = { readonly shown: number | null; readonly folded: number };

type LatentTableProps = {
  readonly home: LatentHome;
  readonly collection: CollectionSummary;
  /** `latent` or `component`. */
  readonly one: string;
  /** Those that are chosen and have room. */
  readonly columns: readonly TableColumn[];
  /** Pixels that the table has. */
  readonly room: number;
  readonly histograms: readonly ColumnHistogram[];
  readonly view: RowView;
  readonly params: LatentParams;
  readonly onParams: (next: LatentParams) => void;
  readonly onTotal: (total: TableTotal) => void;
  readonly selection: LatentSelectionState;
};

const rowHeights = { wide: 35, narrow: 90 };
const covered = { wide: { above: 128, below: 52 }, narrow: { above: 44, below: 16 } };
/** Rows that are drawn as on their way before the first answer. */
const rowsAtFirst = 15;
/** Rows that one choice with shift takes at most. */
const mostInRange = 2000;

/** All latents that match the filters. Only visible rows are drawn, and their pages are fetched as they scroll into view. */
export function LatentTable(props: LatentTableProps) {
  const { home, collection, one, columns, room, histograms, view, params, onParams, onTotal, selection } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const anchor = useRef<number | null>(null);
  const router = useRouter();
  const client = useQueryClient();
  const isNarrow = useIsNarrow();
  const query = useMemo(() => ({ ...params, collectionId: collection.id }), [params, collection.id]);
  const size = isNarrow ? "narrow" : "wide";
  // The window over the rows needs their number, which the first page brings.
  const [ordered, setOrdered] = useState(rowsAtFirst);
  const { unfolded, unfold, fold } = useUnfolded(query);
  const count = drawnCount(ordered, unfolded);
  const {
    rows: drawn,
    padTop,
    padBottom,
    showRow,
  } = useRowWindow({
    body,
    count,
    rowHeight: rowHeights[size],
    covered: covered[size],
  });
  const placeOf = useCallback((at: number) => placeOfDrawn(at, unfolded), [unfolded]);
  const latents = useLatentRows(query, placeOf(drawn[0] ?? 0).index, placeOf(drawn.at(-1) ?? 0).index);
  if (latents.total !== null && latents.total !== ordered) setOrdered(latents.total);
  const { total, totalFolded, rowAt: orderedRowAt, foldedAt } = latents;
  useEffect(() => onTotal({ shown: total, folded: totalFolded }), [total, totalFolded, onTotal]);
  const rowOrFailureAt = (at: number) => {
    const { index, nth } = placeOf(at);
    return nth === null ? orderedRowAt(index) : unfolded.get(index)?.[nth];
  };
  const rowAt = (at: number) => {
    const row = rowOrFailureAt(at);
    return row === undefined || isFailed(row) ? undefined : row;
  };
  useEffect(() => {
    // In another order, a range selection cannot continue from the last row.
    if (query !== undefined) anchor.current = null;
  }, [query]);

  const { toggle, addLater, clear } = selection;
  const hrefOf = useCallback(
    (latent: LatentRef, at: number) => {
      const { index, nth } = placeOf(at);
      // A near-duplicate has no place of its own in a folded table.
      return withTableRow(latentHrefIn(home, latent, query), { at: nth === null ? index : null });
    },
    [home, query, placeOf],
  );
  const onOpen = useCallback((row: LatentRow, index: number) => router.push(hrefOf(row, index)), [router, hrefOf]);
  const onSelect = useCallback(
    (row: LatentRow, at: number, isRange: boolean) => {
      const { index } = placeOf(at);
      const from = isRange ? anchor.current : null;
      anchor.current = index;
      if (from === null) return toggle(row);
      const first = Math.max(Math.min(from, index), index - mostInRange);
      const last = Math.min(Math.max(from, index), index + mostInRange);
      addLater(async () => [...(await fetchRows(client, query, first, last)), ...unfoldedBetween(unfolded, first, last)]);
    },
    [client, query, toggle, addLater, placeOf, unfolded],
  );
  const onUnfold = useCallback(
    (at: number, { latents }: FoldedUnder) => {
      const { index } = placeOf(at);
      if (unfolded.has(index)) fold(index);
      else void unfold(index, latents);
    },
    [placeOf, unfolded, fold, unfold],
  );
  const focused = useLatentKeys({
    body,
    count: latents.total === null ? 0 : count,
    rowAt,
    onFocus: showRow,
    onOpen,
    onSelect,
    onSteer: (row) => {
      const chosen = selection.latents.length > 0 ? selection.latents.slice(0, mostAtOnce) : [{ module: row.module, index: row.index }];
      const runId = steeredRun(home);
      if (runId !== null) router.push(steerHref(runId, collection.id, chosen, "scale"));
    },
  });

  const chosenAtOnce = Math.min(ordered, mostAtOnce);
  const hasSelection = selection.latents.length > 0;
  const selectAll = useMemo(
    () => ({
      label:
        chosenAtOnce === ordered ? `Select all ${formatInteger(ordered)}` : `Select the first ${formatInteger(chosenAtOnce)} in this order`,
      isChecked: hasSelection,
      onChange: (isChecked: boolean) => (isChecked ? addLater(() => fetchRows(client, query, 0, chosenAtOnce - 1)) : clear()),
    }),
    [chosenAtOnce, ordered, hasSelection, client, query, addLater, clear],
  );

  const failure = latents.error !== null && (
    <div className="body">
      <ErrorNote title={`The ${one}s could not be loaded`} actions={<Button onClick={latents.retry}>Try again</Button>}>
        {messageOf(latents.error)}
      </ErrorNote>
    </div>
  );
  if (latents.hasNone && failure) return failure;
  const widths = [choiceWidth, nameWidth, ...columnWidths(columns, room, view.axis !== null)];
  return (
    <div>
      {failure}
      {isNarrow !== false && (
        <div className={styles["cardaxis"]}>
          <span className="tiny dim">Number: {cardNumbers(params.sort, view.isDense, view.axis !== null)}</span>
          {view.axis !== null && (
            <>
              <span className="tiny dim">Δ loss</span>
              <EffectTicks axis={view.axis} />
            </>
          )}
        </div>
      )}
      <table className={classNames("table", styles["table"])} aria-rowcount={(latents.total === null ? 0 : count) + 1}>
        <colgroup>
          {widths.map((width, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: columns stand where they stand
            <col key={index} style={width === null ? undefined : { width }} />
          ))}
        </colgroup>
        <LatentHead columns={columns} histograms={histograms} view={view} params={params} onParams={onParams} selectAll={selectAll} />
        <tbody ref={body}>
          {latents.total !== 0 && <Space height={padTop} columns={widths.length} />}
          {latents.total !== 0 &&
            drawn.map((index) => {
              const row = rowOrFailureAt(index);
              const place = placeOf(index);
              if (row === undefined) return <LatentTableGap key={index} cells={widths.length} isNarrow={isNarrow} />;
              if (isFailed(row))
                return (
                  <FailedRow
                    key={index}
                    cells={widths.length}
                    isNarrow={isNarrow}
                    error={row.error}
                    onRetry={() => void unfold(place.index, row.latents)}
                  />
                );
              return (
                <LatentTableRow
                  key={index}
                  row={row}
                  index={index}
                  hrefOf={hrefOf}
                  columns={columns}
                  view={view}
                  sort={params.sort}
                  isNarrow={isNarrow}
                  isFocused={index === focused}
                  isSelected={selection.has(row)}
                  folded={place.nth === null ? foldedAt(place.index) : nothingFolded}
                  isUnfolded={unfolded.has(place.index)}
                  isDuplicate={place.nth !== null}
                  onUnfold={onUnfold}
                  onSelect={onSelect}
                  onOpen={onOpen}
                />
              );
            })}
          {latents.total !== 0 && <Space height={padBottom} columns={widths.length} />}
        </tbody>
      </table>
      {latents.total === 0 && <NothingLeft collection={collection} one={one} params={params} onParams={onParams} />}
    </div>
  );
}

function Space({ height, columns }: { readonly height: number; readonly columns: number }) {
  if (height <= 0) return null;
  return (
    <tr className={styles["space"]}>
      <td colSpan={columns} style={{ height }} />
    </tr>
  );
}
