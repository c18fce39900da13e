import type { ComparedRun, ComparedSide } from "@/lib/contract/comparison";

export const cost = {
  trainableParameters: 800,
  activeParameters: 200,
  baseParameters: 1000,
  flopsPerToken: 13,
  adapterBytes: 3200,
  medianStepMs: 10,
  tokensPerSecond: 22,
  peakMemoryBytes: 2048,
  besideShare: 0,
};

/** A run, evaluated with these losses at these steps: 11 tokens and half a second a step. */
export function run(losses: readonly (readonly [step: number, loss: number])[], changes: Partial<ComparedRun> = {}): ComparedRun {
  const curve = losses.map(([step, loss]) => ({ step, tokens: step * 11, flops: step * 143, seconds: step / 2, loss, baseLoss: 3 }));
  return { id: "r", name: "r", seed: 1, status: "finished", step: 4, steps: 4, cost, curve, ...changes };
}

/** A side of one STAN run, which ended at a loss of 2. */
export function side(changes: Partial<ComparedSide> = {}): ComparedSide {
  const shape = {
    task: "languageModel" as const,
    learningRate: 0.01,
    numLatents: 7,
    k: 2,
    domains: null,
    rateGroup: 0,
    shapeGroup: 0,
    domainGroup: 0,
  };
  return {
    name: "stan",
    method: "stan",
    runs: [
      run([
        [0, 3],
        [4, 2],
      ]),
    ],
    ...shape,
    ...changes,
  };
}
