"use client";
import { Panel } from "@/components/ui/panel";
import { DemonstrationButtons } from "./demonstration-buttons";
import styles from "./welcome.module.css";

/** Above the list of runs while the sample alone is in it. */
export function DemonstrationOffer() {
  return (
    <Panel
      className={styles["offer"] ?? ""}
      title="Train your own"
      aside={<span className="small dim">Only the sample is here so far</span>}
    >
      <div className="stack">
        <p className="mid">
          The demonstration trains what the sample shows, and LoRA of equal size beside it, in a few minutes on two CPU cores.
        </p>
        <DemonstrationButtons />
      </div>
    </Panel>
  );
}
