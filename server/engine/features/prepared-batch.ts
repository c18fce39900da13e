import type { CollectionStatistics } from "./collection-statistics";
import { followersOf, type PositionBatch } from "./position-batch";
import type { ProbedPlaces } from "./quiet-probes";
import { positionHashes } from "./samples/position-hash";
import type { SampleChange } from "./samples/position-sample";

/** A batch with what every module's accumulators read of its positions, worked out once. */
export type PreparedBatch = PositionBatch & {
  readonly hashes: Uint32Array;
  /** As `followersOf` gives them. */
  readonly followers: Int32Array;
  readonly probed: ProbedPlaces;
  /** How the sample of positions changes with this batch, and its slots in use before. */
  readonly sampled: SampleChange;
  readonly sampledBefore: number;
};

/** Enters a batch's positions into what all modules share; every module has then to be given the prepared batch, once. */
export function prepareBatch({ seed, probes, sample }: CollectionStatistics, batch: PositionBatch): PreparedBatch {
  const hashes = positionHashes(seed, batch);
  const sampledBefore = sample.count;
  return {
    ...batch,
    hashes,
    followers: followersOf(batch),
    probed: probes.visit(batch),
    sampled: sample.take(batch, hashes),
    sampledBefore,
  };
}
