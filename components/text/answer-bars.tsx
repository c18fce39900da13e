import type { TextAnswer } from "@/lib/contract/read-text";
import { formatPercent, formatSignificant } from "@/lib/numbers/format";
import styles from "./text.module.css";

/** What an encoder's head makes of the whole text. */
export function AnswerBars({ answer }: { readonly answer: TextAnswer }) {
  if (answer.kind === "number") {
    return (
      <p>
        The head gives <b>{formatSignificant(answer.value)}</b>.
      </p>
    );
  }
  const best = answer.classes.reduce((most, { probability }) => Math.max(most, probability), 0);
  return (
    <table className={styles["answer"]} aria-label="Probability of each class">
      <tbody>
        {answer.classes.map(({ label, probability }) => (
          <tr key={label}>
            <th scope="row">{probability === best ? <b>{label}</b> : label}</th>
            <td className="num">{formatPercent(probability)}</td>
            <td className={styles["answerbar"]} aria-hidden="true">
              <i style={{ width: `${100 * probability}%` }} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
