import { beforeAll, describe, expect, it, test } from "vitest";
import { keepStep, loraStep, type StepSelection, stanStep, writeStep } from "@/server/engine/tensor/adapter-step";
import { add, scale } from "@/server/engine/tensor/arithmetic";
import { startEngine } from "@/server/engine/tensor/backend";
import { fromValues, readFloats, readInts, toBfloat16 } from "@/server/engine/tensor/create";
import { slice } from "@/server/engine/tensor/layout";
import { tidy } from "@/server/engine/tensor/scope";
import { encodeRows, sparseTimes, topK } from "@/server/engine/tensor/sparse";
import { stepLinear } from "@/server/engine/tensor/step";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { describeEachEngine, randomTensor, randomValues, valuesOf, worstDifference } from "./engines";
import * as reference from "./reference";

const CLOSE = 2e-6;
const [rows, dIn, dOut, numLatents, k, scaling] = [5, 19, 7, 23, 3, 0.75];
const x = randomValues(rows * dIn, 1);
const base = randomValues(rows * dOut, 2);
const E = randomValues(numLatents * dIn, 3);
const D = randomValues(numLatents * dOut, 4);
const tensors = () => ({
  x: fromValues(x, [rows, dIn]),
  base: fromValues(base, [rows, dOut]),
  E: fromValues(E, [numLatents, dIn]),
  D: fromValues(D, [numLatents, dOut]),
});

/** The written-out activations (rows, numLatents), in float64. */
function activations(selection: StepSelection): number[] {
  const z = reference.product(x, reference.transpose(E, numLatents, dIn), rows, dIn, numLatents);
  const rank = selection === "abs" ? z.map(Math.abs) : z;
  const { indices } = reference.topK(rank, numLatents, k);
  const values = indices.map((latent, place) => z[Math.floor(place / k) * numLatents + latent] ?? 0);
  return reference.dense(indices, selection === "relu" ? values.map((value) => Math.max(value, 0)) : values, k, numLatents);
}

function withUpdate(update: readonly number[], from: number, to: number): number[] {
  return Array.from(base, (value, i) => (i >= from * dOut && i < to * dOut ? value + scaling * (update[i] ?? 0) : value));
}

describeEachEngine("adapters in a step", () => {
  test.each(["signed", "relu", "abs"] as const)("stanStep adds what the kept latents write, %s", (selection) => {
    const update = reference.product(activations(selection), D, rows, numLatents, dOut);
    const got = valuesOf(() => {
      const { x: rowsIn, base: beside, ...weights } = tensors();
      return stanStep(rowsIn, beside, { ...weights, k, scaling, selection });
    });
    expect(worstDifference(got, withUpdate(update, 0, rows))).toBeLessThan(CLOSE);
  });

  test("stanStep leaves rows outside its range as they are", () => {
    const update = reference.product(activations("signed"), D, rows, numLatents, dOut);
    const got = valuesOf(() => {
      const { x: rowsIn, base: beside, ...weights } = tensors();
      return stanStep(rowsIn, beside, { ...weights, k, scaling, selection: "signed" }, { from: 1, to: 4 });
    });
    expect(worstDifference(got, withUpdate(update, 1, 4))).toBeLessThan(CLOSE);
    expect(got.slice(0, dOut)).toEqual(Array.from(base.slice(0, dOut)));
    expect(got.slice(4 * dOut)).toEqual(Array.from(base.slice(4 * dOut)));
  });

  test("loraStep adds scaling · B A x in its range", () => {
    const [A, B] = [randomValues(3 * dIn, 5), randomValues(dOut * 3, 6)];
    const components = reference.product(x, reference.transpose(A, 3, dIn), rows, dIn, 3);
    const update = reference.product(components, reference.transpose(B, dOut, 3), rows, 3, dOut);
    const got = valuesOf(() => {
      const { x: rowsIn, base: beside } = tensors();
      return loraStep(rowsIn, beside, { A: fromValues(A, [3, dIn]), B: fromValues(B, [dOut, 3]), scaling }, { from: 2, to: 5 });
    });
    expect(worstDifference(got, withUpdate(update, 2, 5))).toBeLessThan(CLOSE);
    expect(got.slice(0, 2 * dOut)).toEqual(Array.from(base.slice(0, 2 * dOut)));
  });

  test("refuses what does not fit", () => {
    tidy(() => {
      const { x: rowsIn, base: beside, ...weights } = tensors();
      const settings = { ...weights, k, scaling, selection: "signed" as const };
      expect(() => stanStep(rowsIn, beside, settings, { from: 2, to: 2 })).toThrow("rows 2…1 are not among 5");
      expect(() => stanStep(rowsIn, beside, { ...settings, k: 24 })).toThrow("k 24 is not in 1…23");
      expect(() => stanStep(rowsIn, rowsIn, settings)).toThrow("E [23,19], D [23,7] and base [5,19] do not fit");
      expect(() => keepStep(beside, weights.E, k, "signed")).toThrow("an encoder [23,19] does not read [5,7]");
    });
  });
});

describe("own kernels of adapters in a step", () => {
  beforeAll(async () => {
    await startEngine({ prefer: "tensorflow", kernels: "own" });
  });
  const exact = (tensor: Tensor) => Array.from(readFloats(tensor));

  it.each(["signed", "relu", "abs"] as const)("give bit for bit what their parts give, %s", (selection) => {
    tidy(() => {
      const { x: rowsIn, base: beside, D: decoder, E: encoder } = tensors();
      for (const read of [encoder, toBfloat16(encoder)]) {
        const kept = keepStep(rowsIn, read, k, selection);
        const whole = exact(stanStep(rowsIn, beside, { E: read, D: decoder, k, scaling, selection }));
        expect(exact(writeStep(beside, kept, decoder, scaling))).toEqual(whole);
        const sparse = encodeRows(kept.indices, scale(kept.values, scaling), numLatents);
        expect(exact(add(beside, sparseTimes(sparse, decoder)))).toEqual(whole);
        if (selection !== "signed") continue;
        const apart = topK(stepLinear(rowsIn, read), k);
        expect(Array.from(readInts(kept.indices))).toEqual(Array.from(readInts(apart.indices)));
        expect(exact(kept.values)).toEqual(exact(apart.values));
      }
    });
  });

  it("give a row the same bits regardless of the other rows", () => {
    tidy(() => {
      const most = 41;
      const all = { x: randomTensor([most, dIn], 7), base: randomTensor([most, dOut], 8) };
      const { D: decoder, E: encoder } = tensors();
      const lora = { A: toBfloat16(randomTensor([3, dIn], 9)), B: randomTensor([dOut, 3], 10), scaling };
      const outputs = (count: number) => {
        const rowsIn = slice(all.x, [0, 0], [count, dIn]);
        const beside = slice(all.base, [0, 0], [count, dOut]);
        const stan = stanStep(rowsIn, beside, { E: encoder, D: decoder, k, scaling, selection: "signed" });
        const apart = add(beside, stepLinear(scale(stepLinear(rowsIn, lora.A), scaling), lora.B));
        const joined = loraStep(rowsIn, beside, lora);
        expect(exact(joined)).toEqual(exact(apart));
        return [stan, joined].map((output) => exact(output).slice(0, dOut));
      };
      const alone = outputs(1);
      for (const count of [2, 3, 5, 8, 17, most]) expect(outputs(count), `${count} rows`).toEqual(alone);
    });
  });

  it("write nothing where D is 0, and NaN for a latent that does not exist", () => {
    tidy(() => {
      const { x: rowsIn, base: beside, E: encoder } = tensors();
      const zero = fromValues(new Float32Array(numLatents * dOut), [numLatents, dOut]);
      expect(exact(stanStep(rowsIn, beside, { E: encoder, D: zero, k, scaling, selection: "signed" }))).toEqual(Array.from(base));
      const kept = { values: randomTensor([rows, k], 11), indices: fromValues(new Int32Array(rows * k).fill(numLatents), [rows, k]) };
      expect(exact(writeStep(beside, kept, zero, scaling)).every(Number.isNaN)).toBe(true);
    });
  });
});
