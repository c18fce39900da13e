import { beforeAll, describe, expect, it, test } from "vitest";
import { geluTanhMul, siluMul } from "@/server/engine/tensor/activations";
import { add } from "@/server/engine/tensor/arithmetic";
import {
  attendStep,
  createKeyValueCache,
  freeCache,
  type KeyValueCache,
  rotary,
  rotaryAttendStep,
  rotaryTables,
  writeCache,
} from "@/server/engine/tensor/attention";
import { startEngine } from "@/server/engine/tensor/backend";
import { fromValues, readFloats, toBfloat16 } from "@/server/engine/tensor/create";
import { reshape, slice, split } from "@/server/engine/tensor/layout";
import { rmsNorm } from "@/server/engine/tensor/normalise";
import { linear } from "@/server/engine/tensor/products";
import { liveTensors, tidy } from "@/server/engine/tensor/scope";
import { linearAdd, normGatedLinear, normGeluGatedLinear, normLinear, stepLinear } from "@/server/engine/tensor/step";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { describeEachEngine, randomTensor, randomValues, valuesOf, worstDifference } from "./engines";
import * as reference from "./reference";

const CLOSE = 2e-6;
const EPS = 1e-5;
/** A width that fills no vector register, and outputs that fill no group of four. */
const [d, width] = [37, 13];

describeEachEngine("operations of a step", () => {
  const [rows] = [3];
  const x = randomValues(rows * d, 1);
  const gain = randomValues(d, 2);
  const w = randomValues(2 * width * d, 3);
  const normed = reference.rmsNorm(Array.from(x), gain, EPS);
  const product = (from: number, to: number) =>
    reference.product(normed, reference.transpose(w.subarray(from * d, to * d), to - from, d), rows, d, to - from);
  const inputs = () => [fromValues(x, [rows, d]), fromValues(gain, [d]), fromValues(w, [2 * width, d])] as [Tensor, Tensor, Tensor];

  test("normLinear is the product of the normed rows, cut by columns", () => {
    tidy(() => {
      const [rowsIn, gainIn, weights] = inputs();
      const made = normLinear(rowsIn, gainIn, EPS, weights, [5, 2 * width - 5]);
      expect(worstDifference(readFloats(made.normed), normed)).toBeLessThan(CLOSE);
      expect(worstDifference(readFloats(made.parts[0] as Tensor), product(0, 5))).toBeLessThan(CLOSE);
      expect(worstDifference(readFloats(made.parts[1] as Tensor), product(5, 2 * width))).toBeLessThan(CLOSE);
    });
  });

  test("normGatedLinear is silu of the upper half's product times the lower half's", () => {
    const want = reference.siluMul(product(0, width), product(width, 2 * width));
    expect(
      worstDifference(
        valuesOf(() => normGatedLinear(...withEps(inputs()))),
        want,
      ),
    ).toBeLessThan(CLOSE);
  });

  test("normGeluGatedLinear is the same with GELU", () => {
    const want = reference.geluTanhMul(product(0, width), product(width, 2 * width));
    expect(
      worstDifference(
        valuesOf(() => normGeluGatedLinear(...withEps(inputs()))),
        want,
      ),
    ).toBeLessThan(CLOSE);
  });

  test("linearAdd is the product on top of the residual", () => {
    const residual = randomValues(rows * 2 * width, 4);
    const plain = reference.product(x, reference.transpose(w, 2 * width, d), rows, d, 2 * width);
    const want = plain.map((value, i) => value + (residual[i] ?? 0));
    const got = valuesOf(() => linearAdd(fromValues(x, [rows, d]), fromValues(w, [2 * width, d]), fromValues(residual, [rows, 2 * width])));
    expect(worstDifference(got, want)).toBeLessThan(CLOSE);
  });

  test.each([
    ["", undefined],
    [", with capped scores", 0.3],
  ])("rotaryAttendStep rotates each row by its own position and attends to its own cache%s", (_, cap) => {
    const [heads, kvHeads, dHead, maxTokens] = [6, 3, 10, 7];
    const positions = Int32Array.of(4, 0, 6);
    const shapes = [heads, kvHeads, kvHeads].map((count) => [rows, count * dHead]);
    const [q, k, v] = shapes.map((shape, i) => randomValues((shape[0] ?? 0) * (shape[1] ?? 0), 10 + i)) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const past = [20, 21].map((seed) => randomValues(rows * maxTokens * kvHeads * dHead, seed)) as [Float32Array, Float32Array];
    const stride = kvHeads * dHead;
    const want = Array.from(positions, (position, row) => {
      const own = (values: Float32Array, length: number) => values.subarray(row * length, (row + 1) * length);
      const seen = (values: Float32Array, last: ArrayLike<number>) => {
        const all = Array.from(own(values, maxTokens * stride)).slice(0, (position + 1) * stride);
        all.splice(position * stride, stride, ...Array.from(last));
        return all;
      };
      const turnedQ = reference.rotary(own(q, heads * dHead), [position], heads, dHead, 100).map((value) => value * dHead ** -0.5);
      const turnedK = reference.rotary(own(k, stride), [position], kvHeads, dHead, 100);
      return reference.attend(turnedQ, seen(past[0], turnedK), seen(past[1], own(v, stride)), heads, kvHeads, dHead, cap);
    }).flat();
    const caches = Array.from(positions, () => createKeyValueCache(maxTokens, kvHeads, dHead));
    const got = valuesOf(() => {
      fillCaches(caches, past, [maxTokens, kvHeads, dHead], positions);
      const tables = { query: rotaryTables(positions, dHead, 100, dHead ** -0.5), key: rotaryTables(positions, dHead, 100) };
      const [qIn, kIn, vIn] = [q, k, v].map((values, i) => fromValues(values, shapes[i] ?? [])) as [Tensor, Tensor, Tensor];
      return rotaryAttendStep(qIn, kIn, vIn, tables, caches, positions, cap);
    });
    for (const cache of caches) freeCache(cache);
    expect(worstDifference(got, want)).toBeLessThan(CLOSE);
  });

  test("refuses what does not fit", () => {
    tidy(() => {
      const [rowsIn, gainIn, weights] = inputs();
      expect(() => normLinear(rowsIn, gainIn, EPS, weights, [5, 7])).toThrow("widths [5,7] do not add up to the rows of [26,37]");
      expect(() => stepLinear(weights, fromValues(gain.slice(0, 6), [2, 3]))).toThrow("[26,37] does not multiply [2,3] transposed");
    });
  });
});

describe("own kernels of a step", () => {
  beforeAll(async () => {
    await startEngine({ prefer: "tensorflow", kernels: "own" });
  });

  for (const dtype of ["float32", "bfloat16"] as const) {
    const weights = (shape: [number, number], seed: number) =>
      dtype === "float32" ? randomTensor(shape, seed) : toBfloat16(randomTensor(shape, seed));
    const exact = (x: Tensor) => Array.from(readFloats(x));

    it(`give bit for bit what their parts give, ${dtype} weights`, () => {
      tidy(() => {
        const [x, gain, w] = [randomTensor([5, d], 1), randomTensor([d], 2), weights([2 * width, d], 3)];
        const normed = rmsNorm(x, gain, EPS).y;
        const [gate, up] = split(linear(normed, w), [width, width], 1) as [Tensor, Tensor];
        const made = normLinear(x, gain, EPS, w, [width, width]);
        expect([made.normed, ...made.parts].map(exact)).toEqual([normed, gate, up].map(exact));
        expect(exact(normGatedLinear(x, gain, EPS, w))).toEqual(exact(siluMul(gate, up)));
        expect(exact(normGeluGatedLinear(x, gain, EPS, w))).toEqual(exact(geluTanhMul(gate, up)));
        const residual = randomTensor([5, 2 * width], 4);
        expect(exact(linearAdd(x, w, residual))).toEqual(exact(add(residual, linear(x, w))));
      });
    });

    it(`give a row the same bits regardless of the other rows, ${dtype} weights`, () => {
      tidy(() => {
        const most = 41;
        const [all, gain, w] = [randomTensor([most, d], 5), randomTensor([d], 6), weights([2 * width, d], 7)];
        const residual = randomTensor([most, 2 * width], 8);
        const outputs = (rows: number) => {
          const x = slice(all, [0, 0], [rows, d]);
          const made = normLinear(x, gain, EPS, w, [width, width]);
          const added = linearAdd(x, w, slice(residual, [0, 0], [rows, 2 * width]));
          const gated = [normGatedLinear(x, gain, EPS, w), normGeluGatedLinear(x, gain, EPS, w)];
          return [stepLinear(x, w), made.normed, ...made.parts, ...gated, added].map((output) => exact(output).slice(0, output.shape[1]));
        };
        const alone = outputs(1);
        for (const rows of [2, 3, 5, 8, 17, most]) expect(outputs(rows), `${rows} rows`).toEqual(alone);
      });
    });
  }

  it.each([undefined, 0.3])("rotate and attend bit for bit as rotation and attention apart, scores capped by %s", (cap) => {
    const live = liveTensors();
    const [heads, kvHeads, dHead, maxTokens] = [6, 3, 10, 7];
    const positions = Int32Array.of(4, 0, 6);
    const past = [20, 21].map((seed) => randomValues(3 * maxTokens * kvHeads * dHead, seed)) as [Float32Array, Float32Array];
    const reaches = ["all", "sliding", "sliding"] as const;
    const caches = reaches.map((reach) => createKeyValueCache(reach === "all" ? maxTokens : 3, kvHeads, dHead, reach));
    tidy(() => {
      const [q, k, v] = [heads, kvHeads, kvHeads].map((count, i) => randomTensor([3, count * dHead], 30 + i)) as [Tensor, Tensor, Tensor];
      const tables = { query: rotaryTables(positions, dHead, 100, dHead ** -0.5), key: rotaryTables(positions, dHead, 100) };
      fillCaches(caches, past, [maxTokens, kvHeads, dHead], positions);
      const together = readFloats(rotaryAttendStep(q, k, v, tables, caches, positions, cap));
      fillCaches(caches, past, [maxTokens, kvHeads, dHead], positions);
      const turned = (x: Tensor, count: number, table: typeof tables.key) =>
        reshape(rotary(reshape(x, [3, 1, count, dHead]), table, "forward"), [3, count, dHead]);
      const [query, key, value] = [turned(q, heads, tables.query), turned(k, kvHeads, tables.key), reshape(v, [3, kvHeads, dHead])];
      expect(together).toEqual(readFloats(attendStep(query, key, value, caches, Array.from(positions), cap)));
    });
    for (const cache of caches) freeCache(cache);
    expect(liveTensors()).toBe(live);
  });
});

function withEps([x, gain, w]: [Tensor, Tensor, Tensor]): [Tensor, Tensor, number, Tensor] {
  return [x, gain, EPS, w];
}

/** Lays each row's past, (rows, …shape) of keys and of values, into its cache: all tokens before the row's position. */
function fillCaches(
  caches: readonly KeyValueCache[],
  [keys, values]: readonly [Float32Array, Float32Array],
  [maxTokens, kvHeads, dHead]: readonly [number, number, number],
  positions: Int32Array,
): void {
  const size = maxTokens * kvHeads * dHead;
  caches.forEach((cache, row) => {
    const position = positions[row] ?? 0;
    if (position === 0) return;
    const part = (all: Float32Array) =>
      fromValues(all.slice(row * size, row * size + position * kvHeads * dHead), [position, kvHeads, dHead]);
    writeCache(cache, part(keys), part(values), 0);
  });
}
