import { formatFixed } from "@/lib/numbers/format";
import styles from "./benchmarks.module.css";

/** An answer marked right or wrong; a number has no mark and three decimals. */
export function MarkedAnswer({ answer, isRight }: { readonly answer: string | null; readonly isRight: boolean | null }) {
  if (isRight === null) return answer === null ? <span className="dim">nothing</span> : formatFixed(Number(answer), 3);
  return (
    <>
      <span className={isRight ? styles["right"] : styles["wrong"]}>{isRight ? "✓" : "✗"}</span>
      <span className="vh">{isRight ? "right: " : "wrong: "}</span> {answer || <span className="dim">nothing</span>}
    </>
  );
}
