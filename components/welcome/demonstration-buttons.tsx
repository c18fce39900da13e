"use client";
import { useMutation } from "@tanstack/react-query";
import { Play } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { startDemonstrationMutation } from "@/lib/client/jobs";
import styles from "./welcome.module.css";

/** What the second button does before it trains. */
export const largerModelNote = "SmolLM2-135M is downloaded first (about 270\u00a0MB) and takes longer.";

type DemonstrationButtonsProps = {
  readonly size?: "big" | "normal";
  /** Buttons beside these. */
  readonly first?: ReactNode;
  readonly last?: ReactNode;
};

/** Starts the demonstration, on the model that is here or on a larger one. */
export function DemonstrationButtons({ size = "normal", first, last }: DemonstrationButtonsProps) {
  const start = useMutation(startDemonstrationMutation());
  return (
    <>
      <div className={styles["actions"]}>
        {first}
        <Button size={size} disabled={start.isPending} onClick={() => start.mutate("small")}>
          <Play size={12} fill="currentColor" aria-hidden="true" />
          Start the demonstration
        </Button>
        <Button size={size} disabled={start.isPending} onClick={() => start.mutate("smollm2")}>
          With SmolLM2-135M
        </Button>
        {last}
      </div>
      {start.error ? <ErrorNote title="Could not start the demonstration">{messageOf(start.error)}</ErrorNote> : null}
    </>
  );
}
