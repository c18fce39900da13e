import { comparisonOf } from "@/components/shell/compared-with";
import { Panel } from "@/components/ui/panel";
import { methodOf } from "@/lib/contract/methods/methods";
import type { RunDetail } from "@/lib/contract/run";
import { continuesText, lossUnit, taskOf, tasks } from "@/lib/contract/tasks/tasks";
import {
  formatCount,
  formatFixed,
  formatHalfWidth,
  formatInteger,
  formatPercent,
  formatPlural,
  formatSigned,
  notMeasured,
} from "@/lib/numbers/format";
import { tooFewWords } from "@/lib/numbers/statistics/enough-examples";
import { AnswerScorecard } from "./answer-scorecard";
import styles from "./run.module.css";
import { isOver } from "./run-status";

/** The last evaluation in numbers, each against the base model on the same rows. */
export function Scorecard({ detail }: { detail: RunDetail }) {
  const latest = detail.evaluations.at(-1);
  if (!latest) {
    return (
      <Panel title="Scorecard">
        <p className="mid">
          {isOver(detail.run) ? "The run ended before its first evaluation." : "Available after the first evaluation on held-out rows."}
        </p>
      </Panel>
    );
  }
  if (latest.answers != null) return <AnswerScorecard latest={latest} answers={latest.answers} />;
  const { adapter } = detail.config;
  const isOfText = continuesText(detail.config);
  const sparsity = methodOf(adapter).sparsityOf(adapter);
  const health = detail.health.at(-1);
  const excludesZero = latest.differenceHalfWidth === null || Math.abs(latest.difference) > latest.differenceHalfWidth;
  return (
    <Panel title="Scorecard" aside={<span className="small dim">step {formatInteger(latest.step)}</span>}>
      <table className={styles["score"]}>
        <thead>
          <tr>
            <th scope="col">
              <span className="vh">Metric</span>
            </th>
            <th scope="col">now</th>
            <th scope="col">against base</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <td>Evaluation loss</td>
            <td>
              <b>{formatFixed(latest.loss, 3)}</b>
            </td>
            <td>
              {formatSigned(latest.difference, 3)}{" "}
              <span className="dim">{latest.differenceHalfWidth === null ? "" : formatHalfWidth(latest.differenceHalfWidth, 3)}</span>
            </td>
          </tr>
          {isOfText ? (
            <tr>
              <td>Perplexity</td>
              <td>{formatFixed(Math.exp(latest.loss), 2)}</td>
              <td>{formatSigned(Math.exp(latest.loss) - Math.exp(latest.baseLoss), 2)}</td>
            </tr>
          ) : null}
          {sparsity !== null ? (
            <tr>
              <td>{sparsity.isMean ? "L0, mean in training" : "L0"}</td>
              <td>{formatInteger(Math.min(sparsity.k, sparsity.numLatents))}</td>
              <td className="dim">of {formatInteger(sparsity.numLatents)}</td>
            </tr>
          ) : null}
          {health ? (
            <tr>
              <td
                title={`Never kept in the last ${formatPlural(health.windowTokens, "training token")}; collections count over their own tokens`}
              >
                Dead latents, <span className="dim">last {formatCount(health.windowTokens)} training tokens</span>
              </td>
              <td>{formatInteger(health.numLatents - health.alive)}</td>
              <td className="dim">{formatPercent(1 - health.alive / health.numLatents)}</td>
            </tr>
          ) : null}
        </tbody>
      </table>
      <p className="note">
        {latest.differenceHalfWidth === null
          ? `Over ${formatInteger(latest.rows)} held-out rows${isOfText ? `, ${formatInteger(latest.labelTokens)} label tokens` : ""}; ${tooFewWords(latest.rows)}.`
          : `± is a paired 95\u202f% interval over ${formatInteger(latest.rows)} held-out rows.`}{" "}
        {isOfText
          ? `The loss is token-weighted (base model ${formatFixed(latest.baseLoss, 3)}), the difference row-weighted; the two need not subtract exactly.`
          : `Mean ${lossUnit(tasks[taskOf(detail.config).kind].loss)}; base model ${formatFixed(latest.baseLoss, 3)}.`}
        {excludesZero ? "" : " The 95\u202f% CI includes 0."}
      </p>
    </Panel>
  );
}

/** Loss on each domain's held-out rows, as a change against the base model, or against what stands in its place. */
export function DomainScores({ detail }: { detail: RunDetail }) {
  const latest = detail.evaluations.at(-1);
  if (!latest || latest.byDomain.length < 2) return null;
  const unit =
    latest.answers == null
      ? `${lossUnit(tasks[taskOf(detail.config).kind].loss)}, difference from the base model`
      : `${comparisonOf(latest).lossUnit}, difference from ${comparisonOf(latest).name}`;
  const changes = latest.byDomain.map((domain) => domain.loss - domain.baseLoss);
  const most = Math.max(...changes.map(Math.abs), 1e-9);
  return (
    <Panel title="By domain" aside={<span className="small dim">{unit}</span>}>
      <table className={styles["score"]}>
        <thead>
          <tr>
            <th scope="col">Domain</th>
            <th scope="col">loss</th>
            <th scope="col">change</th>
            <th scope="col" className={styles["barcell"]}>
              <span className="vh">Plot</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {latest.byDomain.map((domain) => {
            const change = domain.loss - domain.baseLoss;
            const share = (Math.abs(change) / most) * 50;
            return (
              <tr key={domain.domain}>
                <td>{domain.domain}</td>
                <td>{domain.labelTokens === 0 ? notMeasured : formatFixed(domain.loss, 3)}</td>
                <td>{domain.labelTokens === 0 ? notMeasured : formatSigned(change, 3)}</td>
                <td className={styles["barcell"]}>
                  <span className={styles["change"]}>
                    <i
                      className={change < 0 ? styles["lower"] : styles["higher"]}
                      style={{ width: `${share}%`, left: change < 0 ? `${50 - share}%` : "50%" }}
                    />
                  </span>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Panel>
  );
}
