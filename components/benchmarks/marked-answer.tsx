import styles from "./benchmarks.module.css";

/** What was answered, with a mark whether it is right. */
export function MarkedAnswer({ answer, isRight }: { readonly answer: string | null; readonly isRight: boolean | null }) {
  return (
    <>
      <span className={isRight ? styles["right"] : styles["wrong"]}>{isRight ? "✓" : "✗"}</span>
      <span className="vh">{isRight ? "right: " : "wrong: "}</span> {answer || <span className="dim">nothing</span>}
    </>
  );
}
