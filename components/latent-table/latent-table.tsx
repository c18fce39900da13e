"use client";
import { useQuery } from "@tanstack/react-query";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useRouter } from "next/navigation";
import { type RefObject, useEffect, useRef, useState } from "react";
import { steerHref } from "@/components/latents/edit-text";
import { filterChips } from "@/components/latents/filter-chips";
import { isSameLatent, latentHref } from "@/components/latents/latent-href";
import type { LatentParams } from "@/components/latents/latent-params";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote } from "@/components/ui/error-note";
import { columnHistogramsQuery } from "@/lib/client/latents";
import type { LatentRef } from "@/lib/contract/edit";
import type { CollectionSummary } from "@/lib/contract/latent";
import { formatInteger } from "@/lib/numbers/format";
import { numberColumns } from "./columns";
import { LatentHead } from "./latent-head";
import { LatentTableGap, LatentTableRow } from "./latent-table-row";
import styles from "./latents.module.css";
import { useIsNarrow } from "./use-is-narrow";
import { useLatentKeys } from "./use-latent-keys";
import { useLatentRows } from "./use-latent-rows";

type LatentTableProps = {
  readonly runId: string;
  readonly collection: CollectionSummary;
  readonly isSigned: boolean;
  readonly params: LatentParams;
  readonly onParams: (next: LatentParams) => void;
  readonly onTotal: (total: number | null) => void;
  readonly selected: readonly LatentRef[];
  readonly onSelected: (selected: readonly LatentRef[]) => void;
};

/** Browsers draw no page taller than this many rows; filters bring the others into reach. */
const mostRows = 400_000;

/** All latents that the filters let through. Only the rows in sight are drawn, and their pages fetched as they come into sight. */
export function LatentTable({ runId, collection, isSigned, params, onParams, onTotal, selected, onSelected }: LatentTableProps) {
  const body = useRef<HTMLTableSectionElement>(null);
  const router = useRouter();
  const isNarrow = useIsNarrow();
  const top = useTopOf(body);
  const [span, setSpan] = useState<readonly [number, number]>([0, 40]);
  const histograms = useQuery(columnHistogramsQuery(collection.id));
  const rows = useLatentRows({ ...params, collectionId: collection.id }, span[0], span[1]);
  const count = Math.min(rows.total ?? 15, mostRows);
  const rowHeight = isNarrow ? 86 : 35;
  const virtualizer = useWindowVirtualizer({
    count,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: top,
    scrollPaddingStart: isNarrow ? 44 : 128,
    scrollPaddingEnd: 52,
  });
  useEffect(() => {
    if (rowHeight > 0) virtualizer.measure();
  }, [virtualizer, rowHeight]);
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  if (first !== span[0] || last !== span[1]) setSpan([first, last]);
  useEffect(() => onTotal(rows.total), [rows.total, onTotal]);

  const toggle = (latent: LatentRef) => {
    const ref = { module: latent.module, index: latent.index };
    onSelected(selected.some((one) => isSameLatent(one, ref)) ? selected.filter((one) => !isSameLatent(one, ref)) : [...selected, ref]);
  };
  const hrefOf = (latent: LatentRef, index: number) => {
    const href = latentHref(runId, latent, { ...params, collectionId: collection.id });
    return `${href}${href.includes("?") ? "&" : "?"}at=${index}`;
  };
  const focused = useLatentKeys({
    count,
    rowAt: rows.rowAt,
    onFocus: (index) => virtualizer.scrollToIndex(index, { align: "auto" }),
    onOpen: (row, index) => router.push(hrefOf(row, index)),
    onSelect: toggle,
    onSteer: (row) =>
      router.push(steerHref(runId, collection.id, selected.length > 0 ? selected : [{ module: row.module, index: row.index }])),
  });

  if (rows.error !== null && rows.total === null) {
    return (
      <div className="body">
        <ErrorNote title="The latents could not be read" actions={<Button onClick={rows.retry}>Try again</Button>}>
          {rows.error.message}
        </ErrorNote>
      </div>
    );
  }
  if (rows.total === 0) return <NothingLeft params={params} onParams={onParams} />;

  const columns = numberColumns.filter((column) => isSigned || column.key !== "minActivation");
  const padTop = (items[0]?.start ?? top) - top;
  const padBottom = virtualizer.getTotalSize() - ((items.at(-1)?.end ?? top) - top);
  return (
    <div>
      <table className={classNames("table", styles["table"])} aria-rowcount={(rows.total ?? 0) + 1}>
        <LatentHead columns={columns} histograms={histograms.data ?? []} domains={collection.domains} params={params} onParams={onParams} />
        <tbody ref={body}>
          <Space height={padTop} />
          {items.map(({ index }) => {
            const row = rows.rowAt(index);
            if (row === undefined)
              return <LatentTableGap key={index} columns={columns.length} hasDomains={collection.domains.length > 0} />;
            return (
              <LatentTableRow
                key={index}
                row={row}
                index={index}
                columns={columns}
                domains={collection.domains}
                href={hrefOf(row, index)}
                isFocused={index === focused}
                isSelected={selected.some((one) => isSameLatent(one, row))}
                onSelect={() => toggle(row)}
                onOpen={() => router.push(hrefOf(row, index))}
              />
            );
          })}
          <Space height={padBottom} />
        </tbody>
      </table>
      {(rows.total ?? 0) > mostRows && (
        <p className="note foot">
          The first {formatInteger(mostRows)} of {formatInteger(rows.total ?? 0)} latents; a filter or another order brings the others into
          reach.
        </p>
      )}
    </div>
  );
}

function Space({ height }: { readonly height: number }) {
  if (height <= 0) return null;
  return (
    <tr className={styles["space"]}>
      <td style={{ height }} />
    </tr>
  );
}

function NothingLeft({ params, onParams }: { readonly params: LatentParams; readonly onParams: (next: LatentParams) => void }) {
  const chips = filterChips(params);
  const last = chips.at(-1);
  return (
    <EmptyState
      title="No latent passes these filters"
      action={last !== undefined && <Button onClick={() => onParams(last.without)}>Lift the filter: {last.label}</Button>}
    >
      {chips.map((chip) => chip.label).join(", ")}
    </EmptyState>
  );
}

/** Where the rows begin on the page, in pixels, kept as what stands above grows. */
function useTopOf(element: RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(0);
  useEffect(() => {
    const measure = () => {
      if (element.current !== null) setTop(Math.round(element.current.getBoundingClientRect().top + window.scrollY));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [element]);
  return top;
}
