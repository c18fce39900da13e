import type { DebertaConfig } from "@/lib/contract/architectures/encoder-config";
import type { HookPass, ProjectionHooks } from "@/server/engine/models/projection-hook";
import { fromValues } from "@/server/engine/tensor/create";
import { gatherRows, pad, reshape, slice } from "@/server/engine/tensor/layout";
import { tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";

/** The relative positions of a pass over rows of T tokens: how far a query stands after a key, −(T−1)…T−1. */
export type RelativePass = {
  /** (n, dModel) the embeddings that occur, each once. */
  readonly embeddings: Tensor;
  /** (2T − 1) which of them a distance has, from −(T−1) on, and from T−1 down. */
  readonly ascending: Tensor;
  readonly descending: Tensor;
  readonly hooks: ProjectionHooks | undefined;
  /** What hooks are told of the embeddings: one row, no tokens. */
  readonly hookPass: HookPass;
};

/**
 * Which row of the table of relative positions a distance has (He et al. 2020, equation 3, with the buckets of DeBERTa-v2): one each
 * up to half the buckets, then ever wider ones, logarithmically.
 *
 * @param distance of a query after a key
 */
export function relativeRow(distance: number, { positionBuckets, maxDistance, numRelative }: DebertaConfig): number {
  const span = numRelative / 2;
  const bucket = positionBuckets > 0 ? logBucket(distance, positionBuckets, maxDistance) : distance;
  return Math.min(Math.max(bucket + span, 0), numRelative - 1);
}

/** In float32 step by step, as the reference code: at the edge of a bucket the rounding decides. */
function logBucket(distance: number, buckets: number, maxDistance: number): number {
  const middle = Math.floor(buckets / 2);
  const size = Math.abs(distance);
  if (size <= middle) return distance;
  const { fround, log } = Math;
  const share = fround(fround(log(fround(size / middle))) / fround(log(fround((maxDistance - 1) / middle))));
  return Math.sign(distance) * (Math.ceil(fround(share * (middle - 1))) + middle);
}

/**
 * Only the positions that rows of so many tokens have are laid out, so that short rows do not pay for a long table.
 *
 * @param table (numRelative, dModel)
 */
export function relativePass(tokens: number, table: Tensor, config: DebertaConfig, hooks: ProjectionHooks | undefined): RelativePass {
  return tidy(() => {
    const ofDistance = Array.from({ length: 2 * tokens - 1 }, (_, at) => relativeRow(at - tokens + 1, config));
    const used = [...new Set(ofDistance)].sort((a, b) => a - b);
    const place = new Map(used.map((row, at) => [row, at]));
    const places = ofDistance.map((row) => place.get(row) ?? 0);
    const ints = (values: readonly number[]) => fromValues(Int32Array.from(values), [values.length]);
    return {
      embeddings: gatherRows(table, ints(used)),
      ascending: ints(places),
      descending: ints(places.toReversed()),
      hooks,
      hookPass: {
        rows: 1,
        tokens: used.length,
        ids: new Int32Array(used.length),
        positions: Int32Array.from(used),
        promptLengths: Int32Array.of(2 ** 31 - 1),
        reads: "relativePositions",
      },
    };
  });
}

/**
 * From scores by relative place to scores by token (the shift of Dai et al. 2019): row t of the result is row t of x from column
 * T − 1 − t on.
 *
 * @param x (heads, rows, T, 2T − 1)
 * @returns (heads, rows, T, T)
 */
export function shift(x: Tensor): Tensor {
  const [heads = 0, rows = 0, tokens = 0] = x.shape;
  if (tokens === 1) return reshape(x, [heads, rows, 1, 1]);
  return tidy(() => {
    const groups = heads * rows;
    const width = 2 * tokens - 2;
    const flat = slice(reshape(x, [groups, tokens * (width + 1)]), [0, tokens - 1], [groups, tokens * width]);
    return reshape(slice(reshape(flat, [groups, tokens, width]), [0, 0, 0], [groups, tokens, tokens]), [heads, rows, tokens, tokens]);
  });
}

/** The gradient of `shift`: (heads, rows, T, T) → (heads, rows, T, 2T − 1) */
export function shiftBackward(dy: Tensor): Tensor {
  const [heads = 0, rows = 0, tokens = 0] = dy.shape;
  if (tokens === 1) return reshape(dy, [heads, rows, 1, 1]);
  return tidy(() => {
    const groups = heads * rows;
    const width = 2 * tokens - 2;
    const wide = pad(reshape(dy, [groups, tokens, tokens]), [
      [0, 0],
      [0, 0],
      [0, tokens - 2],
    ]);
    const flat = pad(reshape(wide, [groups, tokens * width]), [
      [0, 0],
      [tokens - 1, 1],
    ]);
    return reshape(flat, [heads, rows, tokens, width + 1]);
  });
}
