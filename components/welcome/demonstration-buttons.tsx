"use client";
import { useMutation } from "@tanstack/react-query";
import { Play } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { startDemonstrationMutation } from "@/lib/client/jobs";
import styles from "./welcome.module.css";

type DemonstrationButtonsProps = {
  readonly size?: "big" | "normal";
  /** The button before it. */
  readonly first?: ReactNode;
  /** What the buttons do. */
  readonly children: ReactNode;
};

/** Starts the demonstration on the model that is here; a link below it, on a larger one. */
export function DemonstrationButtons({ size = "normal", first, children }: DemonstrationButtonsProps) {
  const start = useMutation(startDemonstrationMutation());
  return (
    <>
      <div className={styles["actions"]}>
        {first}
        <Button size={size} disabled={start.isPending} onClick={() => start.mutate("small")}>
          <Play size={12} fill="currentColor" aria-hidden="true" />
          Start the demonstration
        </Button>
      </div>
      <p className={styles["fine"]}>
        {children} Or{" "}
        <button type="button" className="bare link" disabled={start.isPending} onClick={() => start.mutate("smollm2")}>
          train over SmolLM2-135M
        </button>
        , which is downloaded first (about 270&nbsp;MB) and takes longer.
      </p>
      {start.error ? <ErrorNote title="Could not start the demonstration">{messageOf(start.error)}</ErrorNote> : null}
    </>
  );
}
