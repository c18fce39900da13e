import type { ReactNode } from "react";
import styles from "./new-run.module.css";

/** A number with its name above it and what it means below. */
export function Figure({ name, value, note }: { name: string; value: ReactNode; note: ReactNode }) {
  return (
    <div>
      <div className="small dim">{name}</div>
      <div className={styles["value"]}>{value}</div>
      <div className="small dim">{note}</div>
    </div>
  );
}
