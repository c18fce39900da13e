"use client";
import { Panel } from "@/components/ui/panel";
import { DemonstrationButtons } from "./demonstration-buttons";
import styles from "./welcome.module.css";

/** Above the list of runs while the sample alone is in it. */
export function DemonstrationOffer() {
  return (
    <Panel className={styles["offer"] ?? ""} title="Train your own" aside={<span className="small dim">Only the sample so far</span>}>
      <DemonstrationButtons>
        Trains a STAN adapter like the sample’s and LoRA of equal size, in a few minutes on two CPU cores.
      </DemonstrationButtons>
    </Panel>
  );
}
