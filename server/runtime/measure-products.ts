import { engineInfo } from "@/server/engine/tensor/backend";
import { fill, readScalar, toBfloat16 } from "@/server/engine/tensor/create";
import { slice } from "@/server/engine/tensor/layout";
import { linear } from "@/server/engine/tensor/products";
import { tidy } from "@/server/engine/tensor/scope";

export type ProductSpeed = {
  /** GFLOP/s of a large matrix product. */
  readonly float32: number;
  /** With weights held in bfloat16; null where the engine gains nothing from them. */
  readonly bfloat16: number | null;
};

const width = 1024;
const rounds = 5;

/** Times products of 1024 × 1024 matrices: the best of five, after one to warm up. @param now milliseconds */
export function measureProducts(now: () => number): ProductSpeed {
  return { float32: measure(now, "float32"), bfloat16: engineInfo().bfloat16 ? measure(now, "bfloat16") : null };
}

function measure(now: () => number, dtype: "float32" | "bfloat16"): number {
  return tidy(() => {
    const x = fill([width, width], 0.5);
    const weights = dtype === "bfloat16" ? toBfloat16(fill([width, width], 0.25)) : fill([width, width], 0.25);
    let bestMs = Number.POSITIVE_INFINITY;
    for (let round = 0; round <= rounds; round++) {
      const startedAt = now();
      // A number read back: on a GPU the call returns before the product is done.
      tidy(() => readScalar(slice(linear(x, weights), [0, 0], [1, 1])));
      if (round > 0) bestMs = Math.min(bestMs, now() - startedAt);
    }
    return (2 * width ** 3) / (bestMs * 1e6);
  });
}
