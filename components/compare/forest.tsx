import { Measured } from "@/components/plots/measured";
import { MethodMark } from "@/components/shell/method-mark";
import type { ComparedSide, ScoreLine } from "@/lib/contract/comparison";
import { formatSignificant, notMeasured } from "@/lib/numbers/format";
import styles from "./compare.module.css";
import { ForestRowMarks, rowHeight } from "./forest-row";
import { basisWords, formatScore, formatScoreDifference, pWords, unitWords, verdictWord } from "./score-words";

type ForestProps = { readonly lines: readonly ScoreLine[]; readonly first: ComparedSide; readonly second: ComparedSide };

/** Each metric of two sides with its difference around 0: filled and coloured if it is statistically significant. */
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
          {[unitWords(line), basisWords(line), pWords(line)].filter((words) => words !== "").join("; ")}
        </span>
      </span>
      <SideScore line={line} score={line.first} name={first.name} />
      <SideScore line={line} score={line.second} name={second.name} />
      <span className={styles["drawn"]}>
        {line.difference === null ? (
          <span className="small mid">{line.verdict.text}</span>
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
            <span className={`tiny dim ${styles["under"]}`}>{verdictWord(line.verdict.kind)}</span>
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

function shortened(name: string): string {
  return name.length > 18 ? `${name.slice(0, 17)}…` : name;
}
