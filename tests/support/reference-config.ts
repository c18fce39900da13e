import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunConfigInput } from "@/lib/contract/run-config";

/** What `expected.json` of a tiny model says of its ten steps. */
type ExpectedTraining = { readonly steps: number; readonly adamw: { readonly lr: number; readonly weight_decay: number } };

/**
 * Writes the configuration of a training that PyTorch computed, four rows a step from the adapter in `start`.
 *
 * @returns its path
 */
export function layReferenceConfig(
  folder: string,
  run: Omit<RunConfigInput, "training" | "initAdapter">,
  expected: ExpectedTraining,
): string {
  const config: RunConfigInput = {
    ...run,
    initAdapter: join(folder, "start"),
    training: {
      steps: expected.steps,
      batchRows: 4,
      learningRate: expected.adamw.lr,
      schedule: "constant",
      weightDecay: expected.adamw.weight_decay,
      clipNorm: null,
      shuffle: false,
      checkpointEvery: 4,
    },
  };
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  return join(folder, "config.json");
}
