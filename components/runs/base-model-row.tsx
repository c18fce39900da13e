import { MethodMark } from "@/components/shell/method-mark";
import { classNames } from "@/components/ui/class-names";
import { formatCount, formatFixed } from "@/lib/numbers/format";
import type { BaseModel } from "./base-model";
import type { DifferenceAxis } from "./difference-axis";
import type { RunColumn, RunColumnKey } from "./run-columns";
import styles from "./runs.module.css";

type BaseModelProps = { base: BaseModel; axis: DifferenceAxis | null };

/** The model without an adapter, below the runs over it. */
export function BaseModelRow({ base, axis, columns }: BaseModelProps & { columns: readonly RunColumn[] }) {
  return (
    <tr>
      <td>
        <span className={classNames(styles["name"], styles["base"])}>
          <span className="row">Base model, no adapter</span>
          <span className="small dim cut only-wide" title={base.modelName}>
            {base.modelName}
          </span>
        </span>
      </td>
      {columns.map(({ key, isNumeric }) => (
        <td key={key} className={classNames(isNumeric === true && "num", styles[key])}>
          <BaseCell base={base} axis={axis} column={key} />
        </td>
      ))}
    </tr>
  );
}

/** The same on a narrow screen. */
export function BaseModelCard({ base, axis }: BaseModelProps) {
  return (
    <div className={styles["card"]}>
      <span className="row grow">
        <span className={styles["base"]}>Base model, no adapter</span>
        <MethodMark method="base" />
      </span>
      <span className="num dim">0 by definition</span>
      {axis === null ? null : (
        <span className={styles["wide"]}>
          <Zero axis={axis} />
        </span>
      )}
      <span className={styles["meta"]}>
        <span>loss {formatFixed(base.loss, 3)}</span>
        {base.parameters === null ? null : <span>{formatCount(base.parameters)} parameters, frozen</span>}
      </span>
    </div>
  );
}

function BaseCell({ base, axis, column }: BaseModelProps & { column: RunColumnKey }) {
  switch (column) {
    case "method":
      return <MethodMark method="base" />;
    case "model":
      return base.modelName;
    case "parameters":
      return base.parameters === null ? null : <span className="dim">{formatCount(base.parameters)} frozen</span>;
    case "loss":
      return formatFixed(base.loss, 3);
    case "difference":
      return <span className="dim">0 by definition</span>;
    case "plot":
      return axis === null ? null : <Zero axis={axis} />;
    default:
      return null;
  }
}

const height = 22;

/** Where the base model is on the axis of differences from it. */
function Zero({ axis }: { axis: DifferenceAxis }) {
  const isRight = axis.x(0) > axis.width / 2;
  return (
    <svg viewBox={`0 0 ${axis.width} ${height}`} width={axis.width} height={height} aria-hidden="true">
      {axis.ticks.map((tick) => (
        <line key={tick} className={tick === 0 ? "axis-l" : "grid-l"} x1={axis.x(tick)} x2={axis.x(tick)} y1={0} y2={height} />
      ))}
      {axis.hasZero ? (
        <rect x={axis.x(0) - 4} y={9.5} width={8} height={3} fill="var(--base)" />
      ) : (
        <text x={isRight ? axis.width - 4 : 4} y={15} textAnchor={isRight ? "end" : "start"}>
          {isRight ? "0 is off the axis \u2192" : "\u2190 0 is off the axis"}
        </text>
      )}
    </svg>
  );
}
