import type { ReactNode } from "react";
import styles from "./new-run.module.css";
import type { RunForm } from "./run-form";

/** Changes some fields of the form. */
export type ChangeForm = (changes: Partial<RunForm>) => void;
export type SectionProps = { form: RunForm; change: ChangeForm };

/** A part of the form, its name at the left. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={`columns stacks-720 ${styles["section"]}`}>
      <h2>{title}</h2>
      <div className="stack fit gap-12">{children}</div>
    </section>
  );
}
