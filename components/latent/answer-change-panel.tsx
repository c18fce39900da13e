"use client";
import { useState } from "react";
import { Panel } from "@/components/ui/panel";
import { Segmented } from "@/components/ui/segmented";
import type { AnswerChange, TokenChange } from "@/lib/contract/effect";
import { formatPlural } from "@/lib/numbers/format";
import { ChangeBars } from "./change-bars";
import { writeEffect } from "./effect-rows";

/** A latent's effect on an encoder's predictions; `undefined` until measured, null if it fires in no held-out row. */
export function AnswerChangePanel({ answer }: { readonly answer: AnswerChange | null | undefined }) {
  const [shown, setShown] = useState<"probability" | "score">("probability");
  const hasClasses = answer?.kind === "classes";
  return (
    <Panel
      title="Effect on prediction"
      aside={
        hasClasses ? (
          <Segmented
            label="Change of"
            value={shown}
            options={[
              { value: "probability", label: "Probability" },
              { value: "score", label: "Logit" },
            ]}
            onValueChange={setShown}
          />
        ) : undefined
      }
    >
      {answer === undefined ? (
        <p className="note">Not measured yet. Measure, above, also measures the change of each prediction.</p>
      ) : answer === null ? (
        <p className="note">Inactive on all held-out rows, so there is no effect to show.</p>
      ) : (
        <>
          {answer.kind === "classes" ? (
            <ChangeBars
              {...changesOf(answer, shown)}
              label={`Measured mean changes of each class’s ${shown}`}
              nothing="No class changes."
            />
          ) : (
            <p className="note">
              The number: <b>{writeEffect(answer.change.mean, answer.change.halfWidth).value}</b>{" "}
              {writeEffect(answer.change.mean, answer.change.halfWidth).interval}
            </p>
          )}
          <p className="note">
            Mean over the {formatPlural(answer.rows, "held-out row")} in which it fires: latent at its own value minus ablated; 95 %
            intervals over rows.
          </p>
        </>
      )}
    </Panel>
  );
}

/** Classes that go up, the most first, and those that go down. */
export function changesOf(
  { classes }: Extract<AnswerChange, { kind: "classes" }>,
  of: "probability" | "score",
): { raised: TokenChange[]; lowered: TokenChange[] } {
  const changes = classes.map((one) => ({ token: one.label, change: one[of].mean, halfWidth: one[of].halfWidth }));
  return {
    raised: changes.filter(({ change }) => change > 0).sort((a, b) => b.change - a.change),
    lowered: changes.filter(({ change }) => change < 0).sort((a, b) => a.change - b.change),
  };
}
