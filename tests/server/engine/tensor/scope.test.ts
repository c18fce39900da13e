import { expect, test } from "vitest";
import { add } from "@/server/engine/tensor/arithmetic";
import { attendStep, createKeyValueCache, freeCache, writeCache } from "@/server/engine/tensor/attention";
import { startEngine } from "@/server/engine/tensor/backend";
import { fromValues, readFloats, readInts, readScalar, scalar } from "@/server/engine/tensor/create";
import { reshape } from "@/server/engine/tensor/layout";
import { rmsNorm, rmsNormGrad } from "@/server/engine/tensor/normalise";
import { linear, linearInputGrad } from "@/server/engine/tensor/products";
import { free, keep, liveTensors, measureBytes, tidy, tidyInParts } from "@/server/engine/tensor/scope";
import { encodeRows, rowDots, sparseTimes, sparseTransposeTimes, topK } from "@/server/engine/tensor/sparse";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { adamUpdate, createVariable, freeVariable, readVariable, type Variable } from "@/server/engine/tensor/variables";
import { describeEachEngine, randomTensor } from "./engines";

const one = () => fromValues(Float32Array.of(1), [1]);

describeEachEngine("scopes", () => {
  test("tidy frees all but what it returns, at any depth", () => {
    const before = liveTensors();
    const result = tidy(() => {
      add(one(), one());
      return { list: [one()], map: new Map([["a", { deep: one() }]]), count: 3, nothing: undefined };
    });
    expect(liveTensors()).toBe(before + 2);
    free(result);
    expect(liveTensors()).toBe(before);
  });

  test("what an inner scope returns belongs to the outer one", () => {
    const before = liveTensors();
    tidy(() => {
      const passed = tidy(() => one());
      expect(readScalar(passed)).toBe(1);
    });
    expect(liveTensors()).toBe(before);
  });

  test("what work held at most and what it left is told in bytes, whatever was there before", () => {
    const before = fromValues(new Float32Array(1000), [1000]);
    const work = () =>
      measureBytes(() =>
        tidy(() => {
          tidy(() => void fromValues(new Int32Array(7), [7]));
          return fromValues(Float32Array.of(1, 2, 3), [3]);
        }),
      );
    const first = work();
    const second = work();
    expect([first, second].map(({ peakBytes, leftBytes }) => [peakBytes, leftBytes])).toEqual([
      [28, 12],
      [28, 12],
    ]);
    free(before, first.result, second.result);
  });

  test("an array that several tensors show counts once, until the last of them is freed", () => {
    const variable = createVariable(new Float32Array(6), [2, 3]);
    const work = () =>
      tidy(() => {
        const view = tidy(() => reshape(fromValues(new Float32Array(6), [2, 3]), [6]));
        const again = reshape(view, [3, 2]);
        free(view);
        return [again, readVariable(variable)];
      });
    const { result, peakBytes, leftBytes } = measureBytes(work);
    expect([peakBytes, leftBytes]).toEqual([24, 24]);
    expect(measureBytes(() => free(result)).leftBytes).toBe(-24);
    expect(measureBytes(() => freeVariable(variable)).leftBytes).toBe(-24);
  });

  test("work in parts frees all but what it returns, and nothing that others make between its parts", () => {
    const before = liveTensors();
    const work = tidyInParts(function* () {
      const part = one();
      yield;
      const inner = yield* tidyInParts(function* () {
        one();
        yield;
        return one();
      });
      return [add(part, inner)];
    });
    work.next();
    const others = one();
    work.next();
    const last = work.next();
    expect(readScalar((last.value as Tensor[])[0] as Tensor)).toBe(2);
    expect(liveTensors()).toBe(before + 2);
    free(last.value, others);
    expect(liveTensors()).toBe(before);
  });

  test("work in parts that is left early frees what it made", () => {
    const before = liveTensors();
    const work = tidyInParts(function* () {
      one();
      yield;
      one();
      yield;
    });
    work.next();
    work.next();
    expect(liveTensors()).toBe(before + 2);
    work.return(undefined);
    expect(liveTensors()).toBe(before);
  });

  test("what is kept outlives all scopes until it is freed", () => {
    const kept: Tensor[] = [];
    tidy(() => tidy(() => kept.push(keep(one()))));
    expect(kept.map(readScalar)).toEqual([1]);
    free(kept, kept);
    expect(() => add(kept[0] as Tensor, scalar(1))).toThrow("after it was freed");
  });

  test("an error frees everything and passes on", () => {
    const before = liveTensors();
    const failing = () =>
      tidy(() => {
        one();
        throw new Error("broken");
      });
    expect(failing).toThrow("broken");
    expect(() => tidy(() => Promise.resolve(one()))).toThrow("Promise");
    expect(liveTensors()).toBe(before);
  });

  test("constants are neither counted nor freed", () => {
    const before = liveTensors();
    free(scalar(7));
    tidy(() => scalar(7));
    expect(readScalar(scalar(7))).toBe(7);
    expect(liveTensors()).toBe(before);
  });

  test("a tensor does not change with the array it was made of", () => {
    const data = new Float32Array(1024).fill(1);
    tidy(() => {
      const made = fromValues(data, [1024]);
      data.fill(2);
      expect(readFloats(made)[0]).toBe(1);
      expect(() => fromValues(data, [3])).toThrow("1024 values do not fill shape [3]");
      expect(() => readInts(made)).toThrow("float32, not int32");
    });
  });

  test("the engine does not switch while tensors live", async () => {
    const alive = keep(one());
    const { backend } = await startEngine();
    await expect(startEngine({ prefer: backend === "wasm" ? "tensorflow" : "wasm" })).rejects.toThrow("still alive");
    free(alive);
  });

  test("300 training rounds of a sparse layer leave no tensor behind", () => {
    const [tokens, dIn, numLatents, k] = [5, 7, 32, 3];
    const variable = (seed: number) =>
      createVariable(
        tidy(() => readFloats(randomTensor([numLatents, dIn], seed))),
        [numLatents, dIn],
      );
    const [encoder, decoder, first, second] = [1, 2, 3, 4].map(variable) as [Variable, Variable, Variable, Variable];
    const cache = createKeyValueCache(8, 1, 4);
    const round = (step: number) =>
      tidy(() => {
        const { y: x, inverseRms } = rmsNorm(randomTensor([tokens, dIn], step), randomTensor([dIn], 5), 1e-5);
        const gradient = tidy(() => {
          const [e, d] = [readVariable(encoder), readVariable(decoder)];
          const { indices, values } = topK(linear(x, e), k);
          const rows = encodeRows(indices, values, numLatents);
          const y = sparseTimes(rows, d);
          const dRows = encodeRows(indices, rowDots(d, indices, y), numLatents);
          linearInputGrad(sparseTimes(dRows, e), randomTensor([dIn, dIn], 6));
          rmsNormGrad(x, inverseRms, randomTensor([dIn], 5), y, y);
          return sparseTransposeTimes(dRows, x);
        });
        const options = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, gradScale: 0.5 };
        adamUpdate(encoder, first, second, gradient, { ...options, step: step + 1 });
        const token = randomTensor([1, 1, 4], step);
        if (step % 8 === 0) writeCache(cache, token, token, 0);
        else attendStep(randomTensor([1, 2, 4], step), token, token, cache, step % 8);
      });
    round(0);
    const after = liveTensors();
    for (let step = 1; step < 300; step++) round(step);
    expect(liveTensors()).toBe(after);
    for (const each of [encoder, decoder, first, second]) freeVariable(each);
    freeCache(cache);
    expect(liveTensors()).toBe(0);
  });
});
