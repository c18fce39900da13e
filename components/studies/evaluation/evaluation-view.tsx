"use client";
import { useState } from "react";
import { MethodMark } from "@/components/shell/method-mark";
import styles from "@/components/studies/studies.module.css";
import type { StudyHome } from "@/components/studies/study-home";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import type { Edit } from "@/lib/contract/edit";
import type { EvaluationRequest, EvaluationResult } from "@/lib/contract/study";
import { formatFixed, formatInteger, formatPercent } from "@/lib/numbers/format";
import { DomainChanges } from "./domain-changes";
import { tokenTotals } from "./evaluated-rows";
import { EvaluatedTable } from "./evaluated-table";
import { evaluationVerdict } from "./evaluation-verdict";

type EvaluationViewProps = { readonly home: StudyHome; readonly request: EvaluationRequest; readonly result: EvaluationResult | null };

/** What edits do to losses and answers, in all, by domain and row by row. */
export function EvaluationView({ home, request, result }: EvaluationViewProps) {
  if (result === null) return <Skeleton height={230} />;
  const { gained, lost } = tokenTotals(result);
  return (
    <>
      <div className={`columns stacks-720 ${styles["evaluation"]}`}>
        <div className="stack fit">
          <table className="readout">
            <thead>
              <tr>
                <th scope="col">
                  <span className="vh">Arm</span>
                </th>
                <th scope="col">
                  loss <span className="tiny dim">nats per token</span>
                </th>
                <th scope="col">
                  right <span className="tiny dim">of label tokens</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {(["base", "adapter", "edited"] as const).map((arm) => (
                <tr key={arm}>
                  <th scope="row">
                    {arm === "adapter" ? (
                      <MethodMark method={home.method} />
                    ) : (
                      <span className={`m ${arm}`}>{arm === "base" ? "Base" : "Edited"}</span>
                    )}
                  </th>
                  <td>
                    <b className="strong">{formatFixed(result[arm].loss, 4)}</b>
                  </td>
                  <td>{formatPercent(result[arm].accuracy)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p className="small">{evaluationVerdict(result)}</p>
          <p className="small mid">
            {formatInteger(gained)} label tokens became right and {formatInteger(lost)} wrong, of {formatInteger(result.labelTokens)};{" "}
            {formatInteger(result.flips.toRight)} answers became exact, {formatInteger(result.flips.toWrong)} stopped being exact.
          </p>
          {!result.isHeldOut && (
            <p className="note">This run has no held-out rows: these are rows of its collection, which may be training rows.</p>
          )}
          <TakeEdits home={home} edits={request.edits} />
        </div>
        <div>
          <h3 className={styles["head"]}>
            Change of loss <span className="tiny dim">edited − adapter, nats, the mean over rows with its paired 95 % interval</span>
          </h3>
          <DomainChanges changes={[{ domain: "all rows", rows: result.rows.length, change: result.change }, ...result.byDomain]} />
        </div>
      </div>
      <EvaluatedTable result={result} />
    </>
  );
}

/** The edits that were evaluated, in the place of those of the page; the ones before come back while the study is open. */
function TakeEdits({ home, edits }: { readonly home: StudyHome; readonly edits: readonly Edit[] }) {
  const [before, setBefore] = useState<readonly Edit[] | null>(null);
  const isSame = JSON.stringify(home.edits.filter(({ isOn }) => isOn)) === JSON.stringify(edits.filter(({ isOn }) => isOn));
  if (isSame && before === null) return <p className="note">These are the current edits of the page.</p>;
  return (
    <div className="row">
      {!isSame && (
        <Button
          size="dense"
          title="Replaces the page’s edits with the evaluated ones"
          onClick={() => {
            setBefore(home.edits);
            home.onEdits(edits);
          }}
        >
          Restore edits
        </Button>
      )}
      {before !== null && (
        <Button
          size="dense"
          look="quiet"
          onClick={() => {
            home.onEdits(before);
            setBefore(null);
          }}
        >
          Undo
        </Button>
      )}
    </div>
  );
}
