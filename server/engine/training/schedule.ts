import type { TrainingSettings } from "./settings";

/**
 * The learning rate of a step, counted from 0: a linear rise over the first `warmupFraction` of the steps, then a half
 * cosine or a line down to 0, which the step after the last would have, or no change.
 */
export function learningRateAt(
  step: number,
  settings: Pick<TrainingSettings, "steps" | "learningRate" | "schedule" | "warmupFraction">,
): number {
  const { steps, learningRate, schedule, warmupFraction } = settings;
  const warmup = schedule === "constant" ? 0 : Math.min(Math.ceil(warmupFraction * steps), steps - 1);
  if (step < warmup) return (learningRate * (step + 1)) / (warmup + 1);
  const progress = (step - warmup) / (steps - warmup);
  switch (schedule) {
    case "constant":
      return learningRate;
    case "linear":
      return learningRate * (1 - progress);
    case "cosine":
      return (learningRate * (1 + Math.cos(Math.PI * progress))) / 2;
  }
}
