"use client";
import { CopyButton } from "@/components/ui/copy-button";
import styles from "./api-reference.module.css";

/** Code with a copy button; long lines scroll. */
export function CodeBlock({ code, label }: { code: string; label: string }) {
  return (
    <section className={styles["code"]} aria-label={label}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>{code}</pre>
      <CopyButton text={() => code}>Copy</CopyButton>
    </section>
  );
}
