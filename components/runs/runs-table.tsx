"use client";
import { MethodMark } from "@/components/shell/method-mark";
import { classNames } from "@/components/ui/class-names";
import { Link } from "@/components/ui/link";
import { HeadCell } from "@/components/ui/table-head";
import type { RunSummary } from "@/lib/contract/run";
import { formatCount, formatFixed } from "@/lib/numbers/format";
import type { BaseModel } from "./base-model";
import { BaseModelCard, BaseModelRow } from "./base-model-row";
import { type DifferenceAxes, isDrawn } from "./difference-axis";
import { DifferenceTicks } from "./difference-dot";
import { OriginMark } from "./origin-mark";
import { AgainstBase, DrawnDifference, RunCell } from "./run-cell";
import type { RunColumn } from "./run-columns";
import type { RunListView, RunSortKey } from "./run-list";
import { CompareWithPicked, RunPick, type RunPicks } from "./run-pick";
import { RunStateCell } from "./run-state-cell";
import styles from "./runs.module.css";

type RunsTableProps = {
  runs: readonly RunSummary[];
  /** What all are compared with; null where that differs. */
  base: BaseModel | null;
  /** Those that are chosen and have room. */
  columns: readonly RunColumn[];
  /** Whether the room is known; the style sheet hides what rarely fits until then. */
  isMeasured: boolean;
  view: RunListView;
  onSort: (sort: RunSortKey) => void;
  axes: DifferenceAxes;
  /** The run on which the keyboard stands. */
  currentId: string | null;
  picks: RunPicks;
  now: Date;
};

/** All runs with what they cost and what they reached. */
export function RunsTable({ runs, base, columns, isMeasured, view, onSort, axes, currentId, picks, now }: RunsTableProps) {
  const sortedBy = (sort: RunSortKey) => ({ order: view.sort === sort ? view.order : undefined, onSort: () => onSort(sort) });
  return (
    <div className={classNames(styles["tablewrap"], !isMeasured && styles["unmeasured"])}>
      <table className="table">
        <thead>
          <tr>
            <HeadCell {...sortedBy("name")}>Run</HeadCell>
            {columns.map((column) =>
              column.key === "plot" ? (
                <th key={column.key} className={styles["plot"]} scope="col">
                  {axes.shared ? <DifferenceTicks axis={axes.shared} /> : null}
                  <span className="vh">{column.name}</span>
                </th>
              ) : (
                <HeadCell
                  key={column.key}
                  isNumeric={column.isNumeric === true}
                  {...(styles[column.key] === undefined ? {} : { className: styles[column.key] })}
                  {...(column.unit === undefined ? {} : { unit: column.unit })}
                  {...(column.sort === undefined ? {} : sortedBy(column.sort))}
                >
                  {column.name}
                </HeadCell>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.id} aria-selected={run.id === currentId} data-run={run.id}>
              <td>
                <RunName run={run} picks={picks} />
              </td>
              {columns.map(({ key, isNumeric }) => (
                <td key={key} className={classNames(isNumeric === true && "num", styles[key])}>
                  <RunCell run={run} column={key} axes={axes} now={now} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        {base === null ? null : (
          <tfoot>
            <BaseModelRow base={base} axis={axes.shared} columns={columns} />
          </tfoot>
        )}
      </table>
    </div>
  );
}

/** Where there is no room for a table: a card a run, with the same dot on the same axis. */
export function RunCards({ runs, base, axes, picks }: Pick<RunsTableProps, "runs" | "base" | "axes" | "picks">) {
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
      {base === null ? null : <BaseModelCard base={base} axis={axes.shared} />}
    </div>
  );
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
        <OriginMark run={run} />
        <CompareWithPicked run={run} picks={picks} />
      </span>
      <span className="small dim cut only-wide" title={about + (run.seed === null ? " · seed not stated" : seed)}>
        {about}
        {run.seed === 0 ? "" : seed}
      </span>
    </span>
  );
}
