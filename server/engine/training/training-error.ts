export type TrainingFault = "nonFiniteLoss" | "nonFiniteGradient" | "nothingLabelled" | "badRow";

/** Why a step was not taken; the weights are unchanged. */
export class TrainingError extends Error {
  readonly fault: TrainingFault;
  /** Counted from 1. */
  readonly step: number;

  constructor(fault: TrainingFault, step: number, message: string) {
    super(message);
    this.name = "TrainingError";
    this.fault = fault;
    this.step = step;
  }
}
