import type { EvaluationMetrics, HealthMetrics, RunCost, RunLogLine, StepMetrics } from "@/lib/contract/run";
import type { HeldOutRow } from "./training-task";

/** Where a training session writes down what happens; each call may wait, and the session waits with it. */
export type TrainingRecorder = {
  /** The step from which the session resumes, 0 at a fresh start: later records must be removed. */
  begin(step: number, provenance: Readonly<Record<string, string>>): Promise<void>;
  step(metrics: StepMetrics, secondsLeft: number | null): Promise<void>;
  evaluation(metrics: EvaluationMetrics, rows: readonly HeldOutRow[]): Promise<void>;
  health(metrics: HealthMetrics): Promise<void>;
  cost(cost: RunCost): Promise<void>;
  log(line: Omit<RunLogLine, "at" | "id">): Promise<void>;
  /** Writes what is still buffered: a checkpoint is about to be saved, and a run that resumes from it records no earlier step again. */
  flush(): Promise<void>;
  /** A checkpoint's files are complete on disk. */
  checkpoint(step: number, folder: string, sizeBytes: number): Promise<void>;
};

/**
 * What the session does after the current step: continue; finish here and keep the adapter; drop everything since the
 * last checkpoint; or write a checkpoint so that another process resumes from exactly this step.
 */
export type TrainingOrder = "continue" | "stop" | "cancel" | "handBack";

export type TrainingOutcome = {
  readonly status: "finished" | "stopped" | "cancelled" | "handedBack";
  readonly step: number;
};
