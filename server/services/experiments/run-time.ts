import type { TrainingSettings } from "@/lib/contract/run-config";
import type { Speed } from "./measured-speed";

/** Loading rows, writing the adapter and its checkpoint. */
const secondsARun = 2;
/** Time of a forward pass over a training step's, a token. */
const forwardShare = 0.45;
/** Of a statistics pass over a training step's, a token. */
const collectionShare = 1;

/** How often a run is evaluated, its base model and its end included. */
export function evaluationsOf({ steps, evaluateEvery }: Pick<TrainingSettings, "steps" | "evaluateEvery">): number {
  return 3 + (evaluateEvery === 0 ? 0 : Math.floor((steps - 1) / evaluateEvery));
}

/** What is trained, evaluated and collected, over all runs. */
export type Work = {
  /** batchRows · maxTokens */
  readonly stepTokens: number;
  readonly steps: number;
  readonly runs: number;
  /** Tokens of all evaluations, were no row shorter. */
  readonly readTokens: number;
  readonly collectedTokens: number;
};

/** Seconds of training with its evaluations, and of collecting statistics; null where no speed is known. */
export function secondsOf(
  { stepMs, fill }: Pick<Speed, "stepMs" | "fill">,
  { stepTokens, steps, runs, readTokens, collectedTokens }: Work,
): { readonly training: number | null; readonly collection: number | null } {
  if (stepMs === null) return { training: null, collection: null };
  const msAToken = stepMs / stepTokens;
  return {
    training: (stepMs * steps + msAToken * forwardShare * readTokens) / 1000 + secondsARun * runs,
    collection: (msAToken * collectionShare * collectedTokens) / fill / 1000,
  };
}
