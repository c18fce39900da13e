import { headlineWords } from "@/lib/comparison/headline-words";
import type { ComparedSide, ScoreLine } from "@/lib/contract/comparison";
import styles from "./compare.module.css";

type HeadlineProps = { readonly line: ScoreLine; readonly first: ComparedSide; readonly second: ComparedSide };

/** A verdict for one side as a sentence about that side; any other verdict in its own words. */
export function Headline({ line, first, second }: HeadlineProps) {
  const words = headlineWords(line);
  if (words === null) return <>{line.verdict.text}</>;
  const [winner, other] = words.winner === 0 ? [first, second] : [second, first];
  return (
    <>
      <SideName side={winner} /> {words.verb} <b>{words.amount}</b> {words.relation} <SideName side={other} /> {words.where}{" "}
      <span className={styles["interval"]}>({words.interval}).</span>
    </>
  );
}

function SideName({ side }: { readonly side: ComparedSide }) {
  return <b style={{ color: `var(--${side.method})` }}>{side.name}</b>;
}
