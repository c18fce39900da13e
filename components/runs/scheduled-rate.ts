import type { TrainingSettings } from "@/lib/contract/run-config";

/** Learning rate planned for a step in 1…steps: linear warm-up, then the schedule down to 0 (or level). */
export function scheduledRate(settings: TrainingSettings, step: number): number {
  const warmup = Math.round(settings.warmupFraction * settings.steps);
  if (step < warmup) return (settings.learningRate * step) / warmup;
  if (settings.schedule === "constant") return settings.learningRate;
  const progress = settings.steps > warmup ? (step - warmup) / (settings.steps - warmup) : 1;
  const share = settings.schedule === "cosine" ? (1 + Math.cos(Math.PI * Math.min(1, progress))) / 2 : 1 - Math.min(1, progress);
  return settings.learningRate * share;
}
