"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { Panel } from "@/components/ui/panel";
import { ScrollBox } from "@/components/ui/scroll-box";
import { SkeletonRows } from "@/components/ui/skeleton";
import { dataRowsQuery, dataPageRows as pageRows } from "@/lib/client/data";
import type { DataRows } from "@/lib/contract/api";
import { type DataSetSummary, imageColumnOf } from "@/lib/contract/data-set";
import { formatInteger } from "@/lib/numbers/format";
import styles from "./data.module.css";

/** Rows of the file, page by page. */
export function RowsPanel({ dataSet }: { dataSet: DataSetSummary }) {
  const [from, setFrom] = useState(0);
  const rows = useQuery(dataRowsQuery(dataSet.id, from, pageRows));
  const columns = dataSet.columns.map((column) => column.name);
  const imageColumn = imageColumnOf(dataSet.mapping);
  const total = rows.data?.total ?? dataSet.rows;
  return (
    <Panel
      title={`Rows of ${dataSet.name}`}
      isPadded={false}
      aside={
        <span className="row small dim">
          {formatInteger(total === 0 ? 0 : from + 1)}–{formatInteger(Math.min(from + pageRows, total))} of {formatInteger(total)}
          <Button look="quiet" size="dense" disabled={from === 0} onClick={() => setFrom(Math.max(0, from - pageRows))}>
            Previous
          </Button>
          <Button look="quiet" size="dense" disabled={from + pageRows >= total} onClick={() => setFrom(from + pageRows)}>
            Next
          </Button>
        </span>
      }
    >
      {rows.error && !rows.data ? (
        <div className="body">
          <ErrorNote title="Could not load the rows" actions={<Button onClick={() => void rows.refetch()}>Try again</Button>}>
            {messageOf(rows.error)}
          </ErrorNote>
        </div>
      ) : (
        <ScrollBox label="Rows">
          <table className={`table still ${styles["rows"]}`} data-stale={rows.isPlaceholderData}>
            <thead>
              <tr>
                <th className="num">row</th>
                {columns.map((column) => (
                  <th key={column} className="mono">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.data ? (
                rows.data.rows.map((row, place) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a row is known by its place
                  <tr key={from + place}>
                    <td className="num dim">{formatInteger(from + place + 1)}</td>
                    {columns.map((column) => (
                      <td
                        key={column}
                        data-label={column}
                        className={column !== imageColumn && isLong(dataSet, column) ? styles["long"] : undefined}
                      >
                        {column === imageColumn && rows.data.images !== undefined ? (
                          <RowImage image={rows.data.images[place]} words={row[column] ?? ""} row={from + place + 1} />
                        ) : (
                          <ScrollBox label={`${column}, row ${from + place + 1}`} className={styles["cell"]}>
                            {row[column] ?? ""}
                          </ScrollBox>
                        )}
                      </td>
                    ))}
                  </tr>
                ))
              ) : (
                <SkeletonRows rows={pageRows} columns={columns.length + 1} />
              )}
            </tbody>
          </table>
        </ScrollBox>
      )}
    </Panel>
  );
}

type RowImageProps = {
  readonly image: NonNullable<DataRows["images"]>[number] | undefined;
  /** What the row's column says of it: its file and size. */
  readonly words: string;
  readonly row: number;
};

/** A row's image, small, or why it cannot be read. */
function RowImage({ image, words, row }: RowImageProps) {
  if (image === undefined) return words;
  if ("problem" in image) return <span className="status bad small">{image.problem}</span>;
  // biome-ignore lint/performance/noImgElement: a picture of the data, not of the application
  return <img className={styles["image"]} src={`data:image/webp;base64,${image.webp}`} alt={`Row ${formatInteger(row)}`} title={words} />;
}

/** Columns with sentences are wide; names and numbers are narrow. */
function isLong(dataSet: DataSetSummary, column: string): boolean {
  const samples = dataSet.columns.find((one) => one.name === column)?.samples ?? [];
  return samples.some((sample) => sample.length > 40);
}
