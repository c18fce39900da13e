import { Fragment } from "react";
import styles from "./api-reference.module.css";

/** A sentence with names in backticks. */
export function Words({ children }: { children: string }) {
  return children.split("`").map((part, at) =>
    at % 2 === 0 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence never move
      <Fragment key={at}>{part}</Fragment>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence never move
      <code key={at} className={styles["name"]}>
        {part}
      </code>
    ),
  );
}
