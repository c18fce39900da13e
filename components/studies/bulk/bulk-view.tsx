"use client";
import { useState } from "react";
import { operationLabel } from "@/components/latents/edit-words";
import styles from "@/components/studies/studies.module.css";
import type { StudyHome } from "@/components/studies/study-home";
import { withEdit } from "@/components/studies/with-edit";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { HeadCell } from "@/components/ui/table-head";
import type { BulkRequest, BulkResult } from "@/lib/contract/study";
import { formatInteger, formatPlural, formatSignificant } from "@/lib/numbers/format";
import { tooFewWords } from "@/lib/numbers/statistics/enough-examples";
import { hasValue } from "./bulk-choice";
import { BulkLine } from "./bulk-line";
import { type BulkSort, type BulkSortKey, editOf, sortedRows } from "./bulk-rows";

type BulkViewProps = { readonly home: StudyHome; readonly request: BulkRequest; readonly result: BulkResult | null };

const shownAtFirst = 25;
const more = 100;

/** What each latent does, as far as they are measured. */
export function BulkView({ home, request, result }: BulkViewProps) {
  const [sort, setSort] = useState<BulkSort>({ key: "klToAdapter", order: "desc" });
  const [count, setCount] = useState(shownAtFirst);
  if (result === null) return <Skeleton height={230} />;
  const column = (key: BulkSortKey) => ({
    order: sort.key === key ? sort.order : undefined,
    onSort: () =>
      setSort((before) =>
        before.key === key ? { key, order: before.order === "asc" ? "desc" : "asc" } : { key, order: key === "latent" ? "asc" : "desc" },
      ),
  });
  const rows = sortedRows(result, sort);
  const shown = rows.slice(0, count);
  const isValued = hasValue(request.operation);
  return (
    <>
      <p className="note">
        {operationLabel(request.operation, home.method)}, each latent alone; {formatPlural(result.prompts.length, "prompt")},{" "}
        {formatPlural(result.positions, "position")} read; {tooFewWords(result.prompts.length) || "± is a 95 % interval over prompts"}.
      </p>
      <div className="scrollx">
        <table className={`table still ${styles["bulk"]}`}>
          <thead>
            <tr>
              <HeadCell {...column("latent")}>Latent</HeadCell>
              {isValued && (
                <HeadCell isNumeric {...column("value")}>
                  {request.operation === "scale" ? "Factor" : "Value"}
                </HeadCell>
              )}
              <HeadCell isNumeric unit="at positions read" {...column("firings")}>
                Fires
              </HeadCell>
              <HeadCell isNumeric unit="nats per token" {...column("klToAdapter")}>
                KL to adapter
              </HeadCell>
              <HeadCell isNumeric unit="nats per token" {...column("klToBase")}>
                KL to base
              </HeadCell>
              <HeadCell isNumeric unit="share" {...column("changedTokens")}>
                Changed tokens
              </HeadCell>
              {result.targets.map((target, at) => (
                <HeadCell key={target} isNumeric unit={unchangedWords(result, at)} {...column(`target ${at}`)}>
                  Δ log p “{target}”
                </HeadCell>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <BulkLine
                key={`${row.latent.module} ${row.latent.index}`}
                home={home}
                row={row}
                result={result}
                isValued={isValued}
                onAdd={() => home.onEdits(withEdit(home.edits, editOf(request, row)))}
              />
            ))}
          </tbody>
        </table>
      </div>
      {rows.length === 0 && <p className="note">No latents measured yet.</p>}
      {rows.length > shown.length && (
        <div>
          <Button look="quiet" onClick={() => setCount((before) => before + more)}>
            Show more of {formatInteger(rows.length)}
          </Button>
        </div>
      )}
    </>
  );
}

function unchangedWords({ adapter }: BulkResult, at: number): string {
  const unchanged = adapter?.targets[at];
  return unchanged === undefined ? "nats" : `nats; adapter ${formatSignificant(unchanged.mean)}`;
}
