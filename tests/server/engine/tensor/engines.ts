import { beforeAll, describe } from "vitest";
import { type EngineOptions, startEngine } from "@/server/engine/tensor/backend";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import { tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { seededRandom } from "@/tests/support/seeded-random";

const ENGINES: readonly (EngineOptions & { readonly name: string })[] = [
  { name: "own kernels", prefer: "tensorflow", kernels: "own" },
  { name: "TensorFlow ops", prefer: "tensorflow", kernels: "twin" },
  { name: "WebAssembly", prefer: "wasm", kernels: "twin" },
];

/** Runs the same tests on the three forms of each operation. */
export function describeEachEngine(subject: string, tests: (engine: string) => void): void {
  for (const { name, ...options } of ENGINES) {
    describe(`${subject} on ${name}`, () => {
      beforeAll(async () => {
        const info = await startEngine(options);
        if (info.kernels !== options.kernels) throw new Error("the own kernels are not linked: run node scripts/link-tensorflow.mjs");
      });
      tests(name);
    });
  }
}

/** Normal-like numbers about 0, the same for the same seed. */
export function randomValues(count: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: count }, () => random() + random() + random() - 1.5);
}

export function randomTensor(shape: readonly number[], seed: number): Tensor {
  return fromValues(
    randomValues(
      shape.reduce((a, b) => a * b, 1),
      seed,
    ),
    shape,
  );
}

/** What `work` makes, read and freed. */
export function valuesOf(work: () => Tensor): number[] {
  return tidy(() => Array.from(readFloats(work())));
}

/** The greatest difference, relative to the greatest size where that is above 1. */
export function worstDifference(got: ArrayLike<number>, want: ArrayLike<number>): number {
  if (got.length !== want.length) return Number.POSITIVE_INFINITY;
  const size = Array.from(want).reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return Array.from(want).reduce((worst, value, i) => Math.max(worst, Math.abs((got[i] ?? Number.NaN) - value) / size), 0);
}

/** The gradient of Σ f(x)·dy by x, by central differences in float64. */
export function numericGradient(f: (x: number[]) => number[], x: ArrayLike<number>, dy: ArrayLike<number>): number[] {
  const STEP = 1e-5;
  const at = Array.from(x);
  const along = (i: number, step: number) => {
    const moved = at.with(i, (at[i] ?? 0) + step);
    return f(moved).reduce((sum, value, j) => sum + value * (dy[j] ?? 0), 0);
  };
  return at.map((_, i) => (along(i, STEP) - along(i, -STEP)) / (2 * STEP));
}
