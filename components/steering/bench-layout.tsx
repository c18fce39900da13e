"use client";
import type { ReactNode } from "react";
import { sheetHint } from "@/components/shell/page-keys";
import { type KeyHint, KeyStrip } from "@/components/ui/key-strip";
import styles from "./steering.module.css";

type BenchLayoutProps = {
  /** What the model reads. */
  readonly prompt: ReactNode;
  readonly edits: ReactNode;
  readonly output: ReactNode;
  /** Below the output; null where there is none yet. */
  readonly strips: ReactNode;
  readonly studies: ReactNode;
  readonly hints: readonly KeyHint[];
};

/** What is read and how it is edited, beside what comes of it. */
export function BenchLayout({ prompt, edits, output, strips, studies, hints }: BenchLayoutProps) {
  return (
    <>
      <main className={`page columns gap-16 ${styles["two"]}`}>
        <div className={`stack wide ${styles["left"]}`}>
          <div>{prompt}</div>
          <div className={styles["edited"]}>{edits}</div>
        </div>
        <div className={`stack wide ${styles["right"]}`}>
          <div className={`stack wide ${styles["output"]}`}>{output}</div>
          {strips !== null && <div className={styles["strips"]}>{strips}</div>}
          <div className={styles["studies"]}>{studies}</div>
        </div>
      </main>
      <KeyStrip hints={[...hints, sheetHint]} />
    </>
  );
}
