import { z } from "zod";
import { edit } from "./edit";
import { type CollectionSummary, collectionSummary, latentDetail } from "./latent";
import { runSummary } from "./run";

/** One latent of the sample at work: as its page shows it, and steered. */
export const sampleLatent = z.object({
  /** What its statistics were collected over. */
  collection: collectionSummary,
  detail: latentDetail,
  /** One edit of it, and how the base model, the adapter and the edited adapter continue a prompt (greedily). */
  steering: z.object({
    prompt: z.string(),
    edit,
    texts: z.object({ base: z.string(), adapter: z.string(), edited: z.string() }),
  }),
});
export type SampleLatent = z.infer<typeof sampleLatent>;

/** `GET /api/sample`: the finished run that ships with Stanscope. */
export const sample = z.object({
  run: runSummary.pick({ name: true, method: true, modelName: true, dataName: true }),
  latent: sampleLatent,
  /** The run that it was opened as; null while it has not been, or that run was removed. */
  runId: z.string().nullable(),
});
export type Sample = z.infer<typeof sample>;

/** Of the collections of a run that was opened as the sample, the one that came with it: all others were made here, later. */
export function shippedCollection<Of extends Pick<CollectionSummary, "createdAt">>(collections: readonly Of[]): Of | undefined {
  return collections.toSorted((one, other) => one.createdAt.localeCompare(other.createdAt))[0];
}
