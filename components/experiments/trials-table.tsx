import { metricLabel, metricText } from "@/components/shell/compared-with";
import { MethodMark } from "@/components/shell/method-mark";
import { Link } from "@/components/ui/link";
import { Progress } from "@/components/ui/progress";
import { Status } from "@/components/ui/status";
import { HeadCell } from "@/components/ui/table-head";
import type { ExperimentDetail, ExperimentTrial } from "@/lib/contract/experiment";
import { methodOf } from "@/lib/contract/methods/methods";
import {
  formatCount,
  formatFixed,
  formatHalfWidth,
  formatInteger,
  formatSetting,
  formatSigned,
  formatSignificant,
  notMeasured,
} from "@/lib/numbers/format";
import styles from "./experiments.module.css";
import { lossWords } from "./loss-words";
import { domainWords, isChosen, trialStates } from "./trial-words";

type TrialsTableProps = { detail: ExperimentDetail; stage: ExperimentTrial["stage"] };

/** Every trial of a stage with its setting and results, by arm. */
export function TrialsTable({ detail, stage }: TrialsTableProps) {
  const rows = detail.trials.filter((trial) => trial.stage === stage).toSorted((a, b) => a.arm - b.arm || a.trial - b.trial);
  const { unit, against, metric } = lossWords(detail);
  const ofRows = stage === "final" ? "report rows" : "selection rows";
  return (
    <div className={styles["scroll"]}>
      <table className="table">
        <thead>
          <tr>
            <HeadCell>Arm</HeadCell>
            <HeadCell>Setting</HeadCell>
            {detail.request.domainSets === null ? null : <HeadCell>Training domains</HeadCell>}
            <HeadCell isNumeric>Parameters</HeadCell>
            <HeadCell isNumeric>Learning rate</HeadCell>
            <HeadCell isNumeric>Seed</HeadCell>
            {metric === null ? null : (
              <HeadCell isNumeric unit={`${ofRows}; constant prediction`}>
                {metricLabel({ name: metric, value: null, low: null, high: null, constant: null })}
              </HeadCell>
            )}
            <HeadCell isNumeric unit={`${unit}, ${ofRows}`}>
              Loss
            </HeadCell>
            <HeadCell isNumeric unit="Δ ± 95 %">
              vs. {against}
            </HeadCell>
            <HeadCell isNumeric unit="ms">
              Step
            </HeadCell>
            <HeadCell width={170}>Status</HeadCell>
            <HeadCell>Run</HeadCell>
          </tr>
        </thead>
        <tbody>
          {rows.map((trial) => (
            <TrialRow key={`${trial.arm} ${trial.trial}`} trial={trial} detail={detail} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function TrialRow({ trial, detail }: { trial: ExperimentTrial; detail: ExperimentDetail }) {
  const { adapter, learningRate, seed, evaluation, run, trainableParameters, medianStepMs, domainSet } = trial;
  const isBest = isChosen(trial, detail);
  const half = evaluation?.differenceHalfWidth ?? null;
  return (
    <tr className={isBest ? styles["chosen"] : undefined}>
      <td>
        <span className="row">
          <MethodMark method={adapter.method} />
          {detail.request.arms[trial.arm]?.name}
        </span>
      </td>
      <td>
        {methodOf(adapter).settingOf(adapter)}
        {isBest ? <b> selected</b> : null}
      </td>
      {domainSet === null ? null : <td>{domainWords(detail, domainSet)}</td>}
      <td className="num">{trainableParameters === null ? notMeasured : formatCount(trainableParameters)}</td>
      <td className="num">{formatSetting(learningRate)}</td>
      <td className="num">{formatInteger(seed)}</td>
      {lossWords(detail).metric === null ? null : <AnswerCell evaluation={evaluation} />}
      <td className="num">
        {evaluation === null ? notMeasured : formatFixed(evaluation.loss, 4)}
        {evaluation !== null && trial.steps !== null && evaluation.step < trial.steps ? (
          <span className="dim"> at {formatInteger(evaluation.step)}</span>
        ) : null}
      </td>
      <td className="num">
        {evaluation === null ? notMeasured : formatSigned(evaluation.difference, 3)}{" "}
        {half === null ? null : <span className="dim">{formatHalfWidth(half, 3)}</span>}
      </td>
      <td className="num">{medianStepMs === null ? notMeasured : formatSignificant(medianStepMs)}</td>
      <td>
        <TrialState trial={trial} />
      </td>
      <td>
        {run === null ? (
          <span className="dim">{notMeasured}</span>
        ) : (
          <Link className="link" href={`/runs/${run.id}`}>
            Open
          </Link>
        )}
      </td>
    </tr>
  );
}

/** The first metric, and that of the constant prediction. */
function AnswerCell({ evaluation }: Pick<ExperimentTrial, "evaluation">) {
  const answer = evaluation?.answer ?? null;
  if (answer === null) return <td className="num">{notMeasured}</td>;
  return (
    <td className="num">
      {metricText(answer, answer.value)}
      {answer.constant === null ? null : <span className="dim"> {metricText(answer, answer.constant)}</span>}
    </td>
  );
}

function TrialState({ trial: { status, step, steps, error } }: { trial: ExperimentTrial }) {
  const { word, tone } = trialStates[status];
  if (status === "running" || status === "stopping") {
    return (
      <span className="stack">
        <Status tone="live">
          {formatInteger(step)} of {formatInteger(steps ?? 0)}
        </Status>
        <Progress label="Steps" done={step} total={steps} />
      </span>
    );
  }
  return (
    <span className={`cut ${styles["reason"]}`} title={error ?? undefined}>
      <Status tone={tone}>
        {status === "failed" && error !== null ? error : status === "stoppedEarly" ? `${word}, step ${step}` : word}
      </Status>
    </span>
  );
}
