"use client";
import { useState } from "react";
import styles from "@/components/studies/studies.module.css";
import { Button } from "@/components/ui/button";
import { Segmented } from "@/components/ui/segmented";
import { Select } from "@/components/ui/select";
import { HeadCell } from "@/components/ui/table-head";
import type { EvaluatedRow, EvaluationResult } from "@/lib/contract/study";
import { formatFixed, formatInteger, formatSigned } from "@/lib/numbers/format";
import { changeOf, flipOf, type RowFilter, type RowSort, type RowSortKey, shownRows } from "./evaluated-rows";

type EvaluatedTableProps = { readonly result: Pick<EvaluationResult, "rows" | "flips"> };

const shownAtFirst = 25;
const steps = 100;

/** The choices of a menu where there is no room for column heads. */
const sortNames: readonly { readonly value: RowSortKey; readonly label: string }[] = [
  { value: "change", label: "largest change" },
  { value: "base", label: "base loss" },
  { value: "adapter", label: "adapter loss" },
  { value: "gained", label: "tokens gained" },
  { value: "lost", label: "tokens lost" },
  { value: "labelTokens", label: "labelled tokens" },
  { value: "domain", label: "domain" },
  { value: "row", label: "row" },
];
const sortedUp: ReadonlySet<RowSortKey> = new Set(["row", "domain"]);

/** Row by row what the edits changed. */
export function EvaluatedTable({ result: { rows, flips } }: EvaluatedTableProps) {
  const [filter, setFilter] = useState<RowFilter>("all");
  const [sort, setSort] = useState<RowSort>({ key: "change", order: "desc" });
  const [count, setCount] = useState(shownAtFirst);
  const found = shownRows(rows, filter, sort);
  const shown = found.slice(0, count);
  const column = (key: RowSortKey) => ({
    order: sort.key === key ? sort.order : undefined,
    onSort: () => setSort((before) => ({ key, order: before.key === key && before.order === "desc" ? "asc" : "desc" })),
  });
  const hasDomains = rows.some(({ domain }) => domain !== null);
  return (
    <>
      <div className={styles["line"]}>
        <Segmented<RowFilter>
          label="Rows shown"
          value={filter}
          onValueChange={setFilter}
          options={[
            { value: "all", label: `All ${formatInteger(rows.length)}` },
            {
              value: "flipped",
              label: `Flipped ${formatInteger(flips.toRight + flips.toWrong)}`,
              title: "The greedy answer became right or wrong",
            },
            { value: "toRight", label: `To right ${formatInteger(flips.toRight)}` },
            { value: "toWrong", label: `To wrong ${formatInteger(flips.toWrong)}` },
          ]}
        />
        <span className="only-narrow">
          <Select<RowSortKey>
            label="Sort by"
            value={sort.key}
            onValueChange={(key) => setSort({ key, order: sortedUp.has(key) ? "asc" : "desc" })}
            options={sortNames.filter(({ value }) => hasDomains || value !== "domain")}
          />
        </span>
      </div>
      <div className="scrollx">
        <table className={`table stacks still ${styles["rows"]}`}>
          <thead>
            <tr>
              <HeadCell {...column("row")}>Row</HeadCell>
              {hasDomains && <HeadCell {...column("domain")}>Domain</HeadCell>}
              <th scope="col">Labelled text</th>
              <HeadCell isNumeric unit="labelled" {...column("labelTokens")}>
                Tokens
              </HeadCell>
              <HeadCell isNumeric unit="loss" {...column("base")}>
                Base
              </HeadCell>
              <HeadCell isNumeric unit="loss" {...column("adapter")}>
                Adapter
              </HeadCell>
              <HeadCell isNumeric unit="Δ nats" {...column("change")}>
                Edited
              </HeadCell>
              <HeadCell isNumeric unit="tokens" {...column("gained")}>
                Gained
              </HeadCell>
              <HeadCell isNumeric unit="tokens" {...column("lost")}>
                Lost
              </HeadCell>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <RowLine key={row.row} row={row} hasDomains={hasDomains} />
            ))}
          </tbody>
        </table>
      </div>
      {found.length === 0 && <p className="note">No matching rows.</p>}
      {found.length > shown.length && (
        <div>
          <Button look="quiet" onClick={() => setCount((before) => before + steps)}>
            Show more of {formatInteger(found.length)}
          </Button>
        </div>
      )}
    </>
  );
}

function RowLine({ row, hasDomains }: { readonly row: EvaluatedRow; readonly hasDomains: boolean }) {
  const flip = flipOf(row);
  return (
    <tr>
      <td className="num" data-label="Row">
        {formatInteger(row.row)}
      </td>
      {hasDomains && <td className="small mid">{row.domain}</td>}
      <td className={styles["text"]} title={row.text}>
        {flip !== null && <span className="chip">{flip === "toRight" ? "to right" : "to wrong"}</span>} {row.text}
      </td>
      <td className="num" data-label="Tokens">
        {formatInteger(row.labelTokens)}
      </td>
      <td className="num" data-label="Base">
        {formatFixed(row.base.loss, 3)}
      </td>
      <td className="num" data-label="Adapter">
        {formatFixed(row.adapter.loss, 3)}
      </td>
      <td className="num" data-label="Edited, Δ">
        {formatSigned(changeOf(row), 4)}
      </td>
      <td className="num" data-label="Gained">
        {formatInteger(row.gained)}
      </td>
      <td className="num" data-label="Lost">
        {formatInteger(row.lost)}
      </td>
    </tr>
  );
}
