import { classNames } from "@/components/ui/class-names";
import { ScrollBox } from "@/components/ui/scroll-box";
import type { TextAnswer } from "@/lib/contract/read-text";
import { formatPercent, formatSigned, formatSignificant } from "@/lib/numbers/format";
import type { AnswerView } from "./answer-params";
import { type AnswerRow, bestClass, shownClasses } from "./answer-rows";
import styles from "./answers.module.css";

type AnswerTableProps = { readonly rows: readonly AnswerRow[]; readonly adapter: TextAnswer; readonly view: AnswerView };

const mostClasses = 6;

/** Every answer on its line, each class in a column; edited ones with their change from the adapter's. */
export function AnswerTable({ rows, adapter, view }: AnswerTableProps) {
  const places = shownClasses(rows, mostClasses);
  const names = adapter.kind === "classes" ? places.map((place) => adapter.classes[place]?.label ?? "") : ["number"];
  const left = adapter.kind === "classes" ? adapter.classes.length - places.length : 0;
  return (
    <ScrollBox label="Predictions" className={styles["answers"]}>
      <table>
        <thead>
          <tr>
            <th scope="col">
              <span className="vh">Answer of</span>
            </th>
            {names.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key} className={classNames(row.key === "edited" && styles["edited"])}>
              <th scope="row">
                {row.name}
                <span className={styles["about"]}>{row.about}</span>
              </th>
              {cellsOf(row, adapter, places, view).map((cell, at) => (
                <td key={names[at]} className="num">
                  <span className={styles["value"]}>
                    {cell.isBest ? <b>{cell.value}</b> : cell.value}
                    {cell.change === "" ? null : <span className={styles["change"]}>{cell.change}</span>}
                  </span>
                  {cell.share === null ? null : (
                    <span className={styles["bar"]} aria-hidden="true">
                      <i style={{ width: `${100 * cell.share}%` }} />
                    </span>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {left > 0 && <p className="note">{left} less probable classes are not shown.</p>}
    </ScrollBox>
  );
}

type Cell = { readonly value: string; readonly change: string; readonly share: number | null; readonly isBest: boolean };

/** What stands in a line's columns. */
export function cellsOf({ answer, isEdited }: AnswerRow, adapter: TextAnswer, places: readonly number[], view: AnswerView): Cell[] {
  if (answer.kind === "number") {
    const change = isEdited && adapter.kind === "number" ? signed(answer.value - adapter.value) : "";
    return [{ value: formatSignificant(answer.value), change, share: null, isBest: false }];
  }
  const best = bestClass(answer);
  return places.map((place) => {
    const { probability = 0, score = 0 } = answer.classes[place] ?? {};
    const before = adapter.kind === "classes" ? adapter.classes[place] : undefined;
    const isCompared = isEdited && before !== undefined;
    return {
      value: view === "probability" ? formatPercent(probability) : formatSignificant(score),
      change: !isCompared ? "" : view === "probability" ? points(probability - before.probability) : signed(score - before.score),
      share: view === "probability" ? probability : null,
      isBest: place === best,
    };
  });
}

/** A change in percentage points. */
function points(change: number): string {
  return `${formatSigned(100 * change, 1)} pp`;
}

function signed(change: number): string {
  return change > 0 ? `+${formatSignificant(change)}` : formatSignificant(change);
}
