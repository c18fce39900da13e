import { type Mark, MarkShape, markColour } from "@/components/plots/mark";
import { Measured } from "@/components/plots/measured";
import { MethodMark } from "@/components/shell/method-mark";
import type { ComparedSide, ScoreLine } from "@/lib/contract/comparison";
import { formatSignificant, notMeasured } from "@/lib/numbers/format";
import styles from "./compare.module.css";
import { layOutForestRow } from "./forest-layout";
import { basisWords, formatScore, formatScoreDifference, unitWords } from "./score-words";

type ForestProps = { readonly lines: readonly ScoreLine[]; readonly first: ComparedSide; readonly second: ComparedSide };

/** Each metric of two sides with its difference drawn about 0: full and coloured where the interval allows to tell them apart. */
export function Forest({ lines, first, second }: ForestProps) {
  return (
    <div className={styles["forest"]}>
      <div className={styles["head"]}>
        <span>Metric</span>
        <span className="num">
          <MethodMark method={first.method}>{first.name}</MethodMark>
        </span>
        <span className="num">
          <MethodMark method={second.method}>{second.name}</MethodMark>
        </span>
        <span className={styles["sides"]}>
          <span>← {shortened(first.name)} better</span>
          <span>{shortened(second.name)} better →</span>
        </span>
        <span className="num">Difference</span>
      </div>
      <ul>
        {lines.map((line) => (
          <ForestLine key={line.key} line={line} first={first} second={second} />
        ))}
      </ul>
    </div>
  );
}

function ForestLine({ line, first, second }: { readonly line: ScoreLine } & Pick<ForestProps, "first" | "second">) {
  const difference = formatScoreDifference(line);
  return (
    <li className={styles["line"]} title={line.verdict.text}>
      <span>
        <b className="strong">{line.isForgetting ? "forgetting" : line.label}</b> <span className="small mid">{line.source}</span>
        <span className={`tiny dim ${styles["under"]}`}>
          {unitWords(line)}; {basisWords(line)}
          {line.pValue === null ? "" : `; p ${formatSignificant(line.pValue, 2)}`}
        </span>
      </span>
      <SideScore line={line} score={line.first} name={first.name} />
      <SideScore line={line} score={line.second} name={second.name} />
      <span className={styles["drawn"]}>
        {line.difference === null ? (
          <span className="small mid">{line.verdict.text}</span>
        ) : (
          <Measured height={rowHeight}>
            {(width) => <ForestRowDrawing line={line} marks={[first.method, second.method]} width={width} />}
          </Measured>
        )}
      </span>
      <span className="num">
        {difference === null ? (
          notMeasured
        ) : (
          <>
            <b className="strong">{difference.value}</b>
            <span className={`small dim ${styles["under"]}`}>{difference.interval}</span>
          </>
        )}
      </span>
    </li>
  );
}

function SideScore({
  line,
  score: { mean, sd },
  name,
}: {
  readonly line: ScoreLine;
  readonly score: ScoreLine["first"];
  readonly name: string;
}) {
  const scale = line.unit === "share" ? 100 : 1;
  return (
    <span className="num">
      <span className={styles["narrowname"]}>{shortened(name)} </span>
      {formatScore(line, mean)}
      {sd === null ? null : <span className={`tiny dim ${styles["under"]}`}>SD {formatSignificant(scale * sd, 2)}</span>}
    </span>
  );
}

const rowHeight = 46;

type RowDrawingProps = { readonly line: ScoreLine; readonly marks: readonly [Mark, Mark]; readonly width: number };

/** The number beside it says the same. */
function ForestRowDrawing({ line, marks, width }: RowDrawingProps) {
  const row = layOutForestRow(line, width);
  if (row === null) return null;
  const mark = marks[row.winner === "second" ? 1 : 0];
  const isTold = row.winner !== null;
  return (
    <svg viewBox={`0 0 ${width} ${rowHeight}`} width={width} height={rowHeight} aria-hidden="true">
      {row.rules.map((x) => (
        <line key={x} className="grid-l" x1={x} x2={x} y1={0} y2={rowHeight} />
      ))}
      <line x1={row.zero} x2={row.zero} y1={0} y2={rowHeight} stroke="var(--plot-axis)" />
      <line x1={row.from} x2={row.to} y1={20} y2={20} stroke={isTold ? markColour(mark) : "var(--ink-3)"} strokeWidth={2} />
      {row.seeds.map((x, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pairs of runs stand where they stand
        <line key={place} x1={x} x2={x} y1={27} y2={33} stroke="var(--ink-3)" />
      ))}
      {isTold ? (
        <MarkShape mark={mark} x={row.at} y={20} radius={4.5} />
      ) : (
        <circle cx={row.at} cy={20} r={4} fill="var(--surface)" stroke="var(--ink-3)" strokeWidth={1.5} />
      )}
      <text x={width - 14} y={44} textAnchor="end">
        {formatSignificant(line.unit === "share" ? 100 * row.end : row.end, 1)}
      </text>
    </svg>
  );
}

function shortened(name: string): string {
  return name.length > 18 ? `${name.slice(0, 17)}…` : name;
}
