import { Panel } from "@/components/ui/panel";
import type { ComparedSide, ComparisonScorecard } from "@/lib/contract/comparison";
import { formatSigned } from "@/lib/numbers/format";
import { meanOrNull } from "@/lib/numbers/intervals";
import { Matrix } from "./matrix";

type ForgettingPanelProps = {
  readonly scorecard: ComparisonScorecard;
  readonly sides: readonly ComparedSide[];
  readonly className: string;
};

/** What each side's adapter adds to the base model's loss on general text; nothing where that was not measured. */
export function ForgettingPanel({ scorecard, sides, className }: ForgettingPanelProps) {
  const scores = forgettingScores(scorecard);
  if (scores.length === 0) return null;
  const rows = sides.map((side, place) => ({
    name: side.name,
    values: scores.map(({ values }) => meanOrNull(values.filter((one) => one.side === place).map(({ value }) => value))),
  }));
  const most = Math.max(...rows.flatMap(({ values }) => values.flatMap((value) => (value === null ? [] : Math.abs(value)))), 1e-9);
  return (
    <Panel
      title="Forgetting"
      fold="Change on general text"
      className={className}
      aside={<span className="small dim">adapter on − adapter off, nats per token; mean over a side’s runs</span>}
    >
      <Matrix
        caption="Change in the base model's loss on general text"
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

/** What was measured on general text. */
export function forgettingScores({ scores }: Pick<ComparisonScorecard, "scores">): ComparisonScorecard["scores"] {
  return scores.filter(({ isForgetting, values }) => isForgetting && values.length > 0);
}
