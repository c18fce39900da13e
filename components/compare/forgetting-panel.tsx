"use client";
import Link from "next/link";
import { Panel } from "@/components/ui/panel";
import type { ComparedSide, ComparisonScorecard } from "@/lib/contract/comparison";
import { tasks } from "@/lib/contract/tasks/tasks";
import { formatSigned } from "@/lib/numbers/format";
import { meanOf } from "@/lib/numbers/intervals";
import styles from "./compare.module.css";
import { Matrix } from "./matrix";
import { MeasureMissing } from "./measure-missing";
import { MeasureSuggested } from "./measure-suggested";

type ForgettingPanelProps = {
  readonly scorecard: ComparisonScorecard;
  readonly sides: readonly ComparedSide[];
  readonly first: ComparedSide;
  readonly className: string;
};

/** What each side's adapter adds to the base model's loss on general text, or how to measure it. */
export function ForgettingPanel({ scorecard, sides, first, className }: ForgettingPanelProps) {
  const scores = scorecard.scores.filter(({ isForgetting, values }) => isForgetting && values.length > 0);
  const suggested = scorecard.suggested.filter(({ purpose }) => purpose === "forgetting");
  const missing = scorecard.missing.filter(({ isGeneral }) => isGeneral);
  const isText = sides.every(({ task }) => tasks[task].continuesText);
  if (scores.length > 0) return <Measured scores={scores} sides={sides} className={className} />;
  return (
    <Panel title="Forgetting" className={className}>
      {!isText ? (
        <p className="mid">
          Not defined for classification or regression runs. Forgetting is the increase of the base model’s loss on general text, and a new
          head has no such loss without its adapter.
        </p>
      ) : (
        <>
          <p className="mid">
            The increase of the base model’s loss on general text that neither side was trained on.{" "}
            {missing.length > 0
              ? `Not yet measured on both sides: ${missing.map(({ name }) => name).join(", ")}.`
              : "It needs a benchmark marked as general text."}
          </p>
          {missing.length > 0 ? (
            <div className={styles["left"]}>
              <MeasureMissing missing={missing} />
            </div>
          ) : suggested.length > 0 ? (
            <MeasureSuggested suggested={suggested} runs={scorecard.measurable}>
              Measure forgetting
            </MeasureSuggested>
          ) : (
            <p className="mid">
              Every installed dataset was used for training:{" "}
              <Link className="link" href="/data">
                add general text
              </Link>
              , or{" "}
              <Link className="link" href={`/runs/${encodeURIComponent(first.runs[0]?.id ?? "")}/benchmarks`}>
                mark a benchmark as general
              </Link>
              .
            </p>
          )}
        </>
      )}
    </Panel>
  );
}

function Measured({
  scores,
  sides,
  className,
}: Pick<ForgettingPanelProps, "sides" | "className"> & { readonly scores: ComparisonScorecard["scores"] }) {
  const rows = sides.map((side, place) => ({
    name: side.name,
    values: scores.map(({ values }) => meanOrNull(values.filter((one) => one.side === place).map(({ value }) => value))),
  }));
  const most = Math.max(...rows.flatMap(({ values }) => values.flatMap((value) => (value === null ? [] : Math.abs(value)))), 1e-9);
  return (
    <Panel
      title="Forgetting"
      className={className}
      aside={<span className="small dim">adapter on − adapter off, nats per token; mean over a side’s runs</span>}
    >
      <Matrix
        caption="What each side adds to the base model's loss on general text"
        corner="side"
        columns={scores.map(({ source }) => source)}
        rows={rows}
        format={(value) => formatSigned(value, 3)}
        shade={(value) => value / most}
      />
      <p className="note">Above 0: forgetting. For the difference between two sides with its interval, see the scorecard.</p>
    </Panel>
  );
}

function meanOrNull(values: readonly number[]): number | null {
  return values.length === 0 ? null : meanOf(values);
}
