import { comparisonOf, metricLabel, metricText } from "@/components/shell/compared-with";
import { Panel } from "@/components/ui/panel";
import type { AnswerMetric, EvaluationMetrics } from "@/lib/contract/run";
import { formatFixed, formatHalfWidth, formatInteger, formatSigned } from "@/lib/numbers/format";
import { tooFewWords } from "@/lib/numbers/statistics/enough-examples";
import styles from "./run.module.css";

type AnswerScorecardProps = { latest: EvaluationMetrics; answers: readonly AnswerMetric[] };

/** The last evaluation of an encoder in numbers, each beside an answer that does not look at the text. */
export function AnswerScorecard({ latest, answers }: AnswerScorecardProps) {
  const { name, says } = comparisonOf(latest);
  const isRegression = name === "mean";
  const half = latest.differenceHalfWidth;
  return (
    <Panel title="Scorecard" aside={<span className="small dim">step {formatInteger(latest.step)}</span>}>
      <table className={styles["score"]}>
        <thead>
          <tr>
            <th scope="col">
              <span className="vh">Metric</span>
            </th>
            <th scope="col">now</th>
            <th scope="col">{isRegression ? "mean" : "most common class"}</th>
          </tr>
        </thead>
        <tbody>
          {answers.map((metric) => (
            <tr key={metric.name}>
              <td>{metricLabel(metric)}</td>
              <td>
                <b>{metricText(metric, metric.value)}</b>{" "}
                {metric.low === null || metric.high === null ? null : (
                  <span className="dim">
                    {metricText(metric, metric.low)} to {metricText(metric, metric.high)}
                  </span>
                )}
              </td>
              <td className="dim">{isRegression ? "undefined" : metricText(metric, metric.constant)}</td>
            </tr>
          ))}
          <tr>
            <td>{isRegression ? "Squared error" : "Evaluation loss"}</td>
            <td>
              <b>{formatFixed(latest.loss, 3)}</b>
            </td>
            <td className="dim">
              {name} {formatFixed(latest.baseLoss, 3)}
            </td>
          </tr>
          <tr>
            <td>Loss against {name}</td>
            <td>{formatSigned(latest.difference, 3)}</td>
            <td className="dim">{half === null ? "" : formatHalfWidth(half, 3)}</td>
          </tr>
        </tbody>
      </table>
      <p className="note">
        Over {formatInteger(latest.rows)} held-out rows; {tooFewWords(latest.rows) || "ranges and ± are 95\u202f% intervals over rows"}.{" "}
        {name.slice(0, 1).toUpperCase()}
        {name.slice(1)}: {says.slice(0, 1).toLowerCase()}
        {says.slice(1)} The base model has no trained head to be compared with.
      </p>
    </Panel>
  );
}
