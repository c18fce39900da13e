import { Measured } from "@/components/plots/measured";
import { MethodMark } from "@/components/shell/method-mark";
import {
  basisWords,
  formatP,
  formatScore,
  formatScoreDifference,
  formatSpread,
  unitWords,
  verdictWord,
} from "@/lib/comparison/score-words";
import type { ComparedSide, ScoreLine } from "@/lib/contract/comparison";
import { notMeasured } from "@/lib/numbers/format";
import { shortened } from "@/lib/plots/shortened";
import styles from "./compare.module.css";
import { ForestRowMarks, rowHeight } from "./forest-row";

/** Of a name in a narrow column. */
const mostLetters = 18;

type ForestProps = {
  readonly lines: readonly ScoreLine[];
  readonly first: ComparedSide;
  readonly second: ComparedSide;
  /** The verdict that stands over the scorecard. */
  readonly said?: string | undefined;
};

/** Each metric of two sides with its difference around 0: filled and coloured if it is statistically significant. */
export function Forest({ lines, first, second, said }: ForestProps) {
  return (
    <div>
      <div className={`columns middle ${styles["head"]}`}>
        <span>Metric</span>
        <span className="num">
          <MethodMark method={first.method}>{first.name}</MethodMark>
        </span>
        <span className="num">
          <MethodMark method={second.method}>{second.name}</MethodMark>
        </span>
        <span className={styles["sides"]}>
          <span>← {shortened(first.name, mostLetters)} better</span>
          <span>{shortened(second.name, mostLetters)} better →</span>
        </span>
        <span className="num">Difference</span>
      </div>
      <ul>
        {lines.map((line) => (
          <ForestLine key={line.key} line={line} first={first} second={second} isSaid={line.verdict.text === said} />
        ))}
      </ul>
    </div>
  );
}

type ForestLineProps = Pick<ForestProps, "first" | "second"> & {
  readonly line: ScoreLine;
  /** Whether the verdict over the scorecard says why there is no interval. */
  readonly isSaid: boolean;
};

function ForestLine({ line, first, second, isSaid }: ForestLineProps) {
  const difference = formatScoreDifference(line);
  return (
    <li className={`columns middle ${styles["line"]}`} title={line.verdict.text}>
      <span>
        <b className="strong">{line.isForgetting ? "forgetting" : line.label}</b> <span className="small mid">{line.source}</span>
        <span className={`tiny dim ${styles["under"]}`}>
          {[unitWords(line), basisWords(line), pWords(line)].filter((words) => words !== "").join("; ")}
        </span>
      </span>
      <SideScore line={line} score={line.first} name={first.name} />
      <SideScore line={line} score={line.second} name={second.name} />
      <span className={styles["drawn"]}>
        {line.difference === null ? (
          <span className="small mid">{isSaid ? "Not comparable, for the reason given above." : line.verdict.text}</span>
        ) : (
          <Measured height={rowHeight}>
            {(width) => (
              <svg viewBox={`0 0 ${width} ${rowHeight}`} width={width} height={rowHeight} aria-hidden="true">
                <ForestRowMarks line={line} methods={[first.method, second.method]} width={width} />
              </svg>
            )}
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
            <span className={`tiny dim ${styles["under"]}`}>
              {verdictWord(line, [shortened(first.name, mostLetters), shortened(second.name, mostLetters)])}
            </span>
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
  return (
    <span className="num">
      <span className={styles["narrowname"]}>{shortened(name, mostLetters)} </span>
      {formatScore(line, mean)}
      {sd === null ? null : <span className={`tiny dim ${styles["under"]}`}>SD {formatSpread(line, sd)}</span>}
    </span>
  );
}

/** A line's p value and corrected p value; empty if there is none. */
function pWords({ pValue, correctedPValue }: ScoreLine): string {
  if (pValue === null) return "";
  const corrected = correctedPValue === null || correctedPValue === pValue ? "" : `, corrected ${formatP(correctedPValue)}`;
  return `p ${formatP(pValue)}${corrected}`;
}
