import type { TrainingSettings } from "@/lib/contract/run-config";

/** Learning rate planned for a step in 1…steps, by the trainer's own rule: a linear rise, then a half cosine or a line to 0, or no change. */
export function scheduledRate(settings: TrainingSettings, step: number): number {
  const { steps, learningRate, schedule, warmupFraction } = settings;
  const stepsBefore = step - 1;
  const warmup = schedule === "constant" ? 0 : Math.min(Math.ceil(warmupFraction * steps), steps - 1);
  if (stepsBefore < warmup) return (learningRate * step) / (warmup + 1);
  if (schedule === "constant") return learningRate;
  const progress = (stepsBefore - warmup) / (steps - warmup);
  return learningRate * (schedule === "cosine" ? (1 + Math.cos(Math.PI * progress)) / 2 : 1 - progress);
}
