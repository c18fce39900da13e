"use client";
import { comparisonOf, metricLabel, metricText } from "@/components/shell/compared-with";
import { MethodMark } from "@/components/shell/method-mark";
import { Link } from "@/components/ui/link";
import { LocalTime } from "@/components/ui/local-time";
import { startedAt } from "@/components/ui/moment";
import { HeadCell } from "@/components/ui/table-head";
import type { RunSummary } from "@/lib/contract/run";
import { formatBytes, formatCount, formatFixed, formatHalfWidth, formatSigned, formatSignificant, notMeasured } from "@/lib/numbers/format";
import { tooFewWords } from "@/lib/numbers/statistics/enough-examples";
import { type DifferenceAxes, isDrawn } from "./difference-axis";
import { DifferenceDot, DifferenceTicks } from "./difference-dot";
import { ImportedMark } from "./imported-mark";
import type { RunListView, RunSortKey } from "./run-list";
import { CompareWithPicked, RunPick, type RunPicks } from "./run-pick";
import { RunStateCell } from "./run-state-cell";
import styles from "./runs.module.css";

type RunsTableProps = {
  runs: readonly RunSummary[];
  view: RunListView;
  onSort: (sort: RunSortKey) => void;
  axes: DifferenceAxes;
  /** The run on which the keyboard stands. */
  currentId: string | null;
  picks: RunPicks;
  now: Date;
};

/** All runs with what they cost and what they reached. */
export function RunsTable({ runs, view, onSort, axes, currentId, picks, now }: RunsTableProps) {
  const column = (sort: RunSortKey) => ({ order: view.sort === sort ? view.order : undefined, onSort: () => onSort(sort) });
  return (
    <div className={styles["tablewrap"]}>
      <table className="table">
        <thead>
          <tr>
            <HeadCell {...column("name")}>Run</HeadCell>
            <HeadCell>Method</HeadCell>
            <HeadCell isNumeric unit="active per token" {...column("parameters")}>
              Parameters
            </HeadCell>
            <HeadCell isNumeric unit="nats, held-out rows" {...column("loss")}>
              Evaluation loss
            </HeadCell>
            <HeadCell isNumeric unit="Δ nats ± 95 %" {...column("difference")}>
              Against base
            </HeadCell>
            <th className={styles["axis"]} scope="col">
              {axes.shared ? <DifferenceTicks axis={axes.shared} /> : null}
              <span className="vh">Against base, plot</span>
            </th>
            <HeadCell isNumeric unit="ms" {...column("step")}>
              Step
            </HeadCell>
            <HeadCell isNumeric {...column("memory")}>
              Peak memory
            </HeadCell>
            <HeadCell width={190}>Status</HeadCell>
            <HeadCell isNumeric {...column("created")}>
              Started
            </HeadCell>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.id} aria-selected={run.id === currentId} data-run={run.id}>
              <td>
                <RunName run={run} picks={picks} />
              </td>
              <td>
                <MethodMark method={run.method} />
              </td>
              <td className="num">
                {run.cost ? (
                  <>
                    {formatCount(run.cost.trainableParameters)}{" "}
                    <span className={styles["active"]}>{formatCount(run.cost.activeParameters)}</span>
                  </>
                ) : (
                  <NotMeasured />
                )}
              </td>
              <td className="num">{run.latestEvaluation ? <Loss run={run} loss={run.latestEvaluation.loss} /> : <NotMeasured />}</td>
              <td className="num">
                <AgainstBase run={run} />
              </td>
              <td className={styles["axis"]}>
                <DrawnDifference run={run} axes={axes} />
              </td>
              <td className="num">{run.cost?.medianStepMs ? formatSignificant(run.cost.medianStepMs) : <NotMeasured />}</td>
              <td className="num">{run.cost?.peakMemoryBytes ? formatBytes(run.cost.peakMemoryBytes) : <NotMeasured />}</td>
              <td>
                <RunStateCell run={run} />
              </td>
              <td className="num dim">
                <LocalTime at={run.startedAt ?? run.createdAt} format={(iso) => startedAt(iso, now)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Where there is no room for a table: a card a run, with the same dot on the same axis. */
export function RunCards({ runs, axes, picks }: Pick<RunsTableProps, "runs" | "axes" | "picks">) {
  return (
    <div className={styles["cards"]}>
      {axes.shared ? (
        <div className={styles["cardaxis"]}>
          <DifferenceTicks axis={axes.shared} />
        </div>
      ) : null}
      {runs.map((run) => (
        <div className={styles["card"]} key={run.id}>
          <span className="row grow">
            <RunName run={run} picks={picks} />
            <MethodMark method={run.method} />
          </span>
          <span className="num">
            <AgainstBase run={run} />
          </span>
          {isDrawn(run) ? (
            <span className={styles["wide"]}>
              <DrawnDifference run={run} axes={axes} />
            </span>
          ) : null}
          <span className={styles["meta"]}>
            <RunStateCell run={run} />
            {run.latestEvaluation ? <span>loss {formatFixed(run.latestEvaluation.loss, 3)}</span> : null}
            {run.cost ? <span>{formatCount(run.cost.trainableParameters)} parameters</span> : null}
          </span>
        </div>
      ))}
    </div>
  );
}

function DrawnDifference({ run, axes }: { run: RunSummary; axes: DifferenceAxes }) {
  const axis = axes.of(run);
  return axis === null ? null : <DifferenceDot run={run} axis={axis} hasTicks={axes.shared === null} />;
}

function RunName({ run, picks }: { run: RunSummary; picks: RunPicks }) {
  const about = [run.modelName, run.dataName, ...(run.derivedFrom ? [`derived from ${run.derivedFrom.name}`] : [])].join(" · ");
  const seed = run.seed === null ? "" : ` · seed ${run.seed}`;
  return (
    <span className={styles["name"]}>
      <RunPick run={run} picks={picks} />
      <span className="row">
        <Link href={`/runs/${run.id}`} title={run.name}>
          {run.name}
        </Link>
        {run.isImported ? <ImportedMark /> : null}
        <CompareWithPicked run={run} picks={picks} />
      </span>
      <span className="small dim cut only-wide" title={about + (run.seed === null ? " · seed not stated" : seed)}>
        {about}
        {run.seed === 0 ? "" : seed}
      </span>
    </span>
  );
}

function Loss({ run, loss }: { run: RunSummary; loss: number }) {
  return run.step < run.steps && run.status === "running" ? (
    <span className="dim">{formatFixed(loss, 3)} so far</span>
  ) : (
    <b>{formatFixed(loss, 3)}</b>
  );
}

function AgainstBase({ run }: { run: RunSummary }) {
  const evaluation = run.latestEvaluation;
  if (!evaluation) return <NotMeasured />;
  const [metric] = evaluation.answers ?? [];
  if (metric !== undefined) {
    return (
      <span title={comparisonOf(evaluation).says}>
        {metricText(metric, metric.value)} <span className="dim">{metricLabel(metric).toLowerCase()}</span>
      </span>
    );
  }
  const half = evaluation.differenceHalfWidth;
  return (
    <span title={tooFewWords(evaluation.rows) || undefined}>
      {formatSigned(evaluation.difference, 3)} {half === null ? null : <span className="dim">{formatHalfWidth(half, 3)}</span>}
    </span>
  );
}

function NotMeasured() {
  return <span className="dim">{notMeasured}</span>;
}
