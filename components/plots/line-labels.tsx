"use client";
import { type ReactNode, useEffect, useRef, useState } from "react";
import styles from "./token-strips.module.css";

type LineLabelsProps = {
  /** Drawn before each line; as high as a line without its gap. */
  readonly labels: ReactNode;
  /** Height of a line and the gap under it, in CSS pixels. */
  readonly lineHeight: number;
  readonly lineGap: number;
  readonly children: ReactNode;
};

/** Columns of equal height that wrap like text, with the names of their rows before every line. */
export function LineLabels({ labels, lineHeight, lineGap, children }: LineLabelsProps) {
  const flow = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(lineHeight);
  useEffect(() => {
    const element = flow.current;
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setHeight(Math.round(entry.contentRect.height));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const lines = Math.max(1, Math.round((height + lineGap) / (lineHeight + lineGap)));
  return (
    <div className={styles["labelled"]}>
      <div aria-hidden="true" className={styles["labels"]} style={{ rowGap: lineGap }}>
        {Array.from({ length: lines }, (_, line) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines stand where they stand
          <div key={line} style={{ height: lineHeight }}>
            {labels}
          </div>
        ))}
      </div>
      <div ref={flow} className={styles["flow"]} style={{ rowGap: lineGap }}>
        {children}
      </div>
    </div>
  );
}
