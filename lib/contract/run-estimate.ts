import { z } from "zod";
import { memoryParts } from "./memory-plan";
import { memoryRemedies } from "./memory-remedies";

const named = z.object({ id: z.string(), name: z.string() });

/** What a run is expected to take; null where there is nothing to estimate it from. */
export const runEstimate = z.object({
  /** Training with its evaluations. */
  trainingSeconds: z.number().nullable(),
  /** The statistics pass after it; 0 without one. */
  collectionSeconds: z.number().nullable(),
  /** Where the speed comes from: finished runs over this model, finished runs over others, or a worker's speed in large products. */
  speed: z.enum(["likeRuns", "otherRuns", "products", "unknown"]),
  /** The run that the speed was measured on. */
  timedBy: named.nullable(),
  /** What takes memory at the fullest moment of the training; null where the size of what is trained is not known. */
  memory: z.record(z.enum(memoryParts), z.number()).nullable(),
  /** Peak memory of tensors, frozen weights included: the sum of these. */
  memoryBytes: z.number().nullable(),
  /** Memory of the machine that a worker runs on; null where none answers or it computes on a GPU. */
  machineBytes: z.number().nullable(),
  /** What other programs leave of it now; null where it is not known. */
  availableBytes: z.number().nullable(),
  /** What would make it less, and by how much. */
  remedies: z.array(z.object({ remedy: z.enum(memoryRemedies), savedBytes: z.number() })),
  /** The run over this model by whose measured memory the formula was corrected; null where there is none. */
  memoryBy: named.nullable(),
});
export type RunEstimate = z.infer<typeof runEstimate>;

/** In the order of the request's runs. */
export const runEstimates = z.object({ runs: z.array(runEstimate) });
