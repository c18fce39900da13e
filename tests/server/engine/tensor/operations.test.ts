import { expect, test } from "vitest";
import { geluTanh, geluTanhGrad, geluTanhMul, geluTanhMulGrad, siluMul, siluMulGrad } from "@/server/engine/tensor/activations";
import * as arithmetic from "@/server/engine/tensor/arithmetic";
import { fromValues, readFloats, readInts, scalar, toBfloat16, toFloat32 } from "@/server/engine/tensor/create";
import { softmaxCrossEntropy } from "@/server/engine/tensor/loss";
import { layerNorm, layerNormGrad, rmsNorm, rmsNormGrad } from "@/server/engine/tensor/normalise";
import { batchMatmul, linear, linearInputGrad, matmul } from "@/server/engine/tensor/products";
import { tidy } from "@/server/engine/tensor/scope";
import { describeEachEngine, numericGradient, randomTensor, randomValues, valuesOf, worstDifference } from "./engines";
import * as reference from "./reference";

const CLOSE = 2e-6;

describeEachEngine("products", (engine) => {
  test("all four storages of a product give the same", () => {
    const a = randomValues(2 * 3, 1);
    const b = randomValues(3 * 5, 2);
    const want = reference.product(a, b, 2, 3, 5);
    const stored = {
      a: [a, [2, 3]],
      aT: [reference.transpose(a, 2, 3), [3, 2]],
      b: [b, [3, 5]],
      bT: [reference.transpose(b, 3, 5), [5, 3]],
    } as const;
    const tensor = (name: keyof typeof stored) => fromValues(Float32Array.from(stored[name][0]), stored[name][1]);
    expect(
      worstDifference(
        valuesOf(() => matmul(tensor("a"), tensor("b"))),
        want,
      ),
    ).toBeLessThan(CLOSE);
    expect(
      worstDifference(
        valuesOf(() => matmul(tensor("a"), tensor("bT"), { transposeB: true })),
        want,
      ),
    ).toBeLessThan(CLOSE);
    expect(
      worstDifference(
        valuesOf(() => matmul(tensor("aT"), tensor("b"), { transposeA: true })),
        want,
      ),
    ).toBeLessThan(CLOSE);
    const both = { transposeA: true, transposeB: true };
    expect(
      worstDifference(
        valuesOf(() => matmul(tensor("aT"), tensor("bT"), both)),
        want,
      ),
    ).toBeLessThan(CLOSE);
  });

  test("a batch of products is each product by itself", () => {
    const a = randomValues(2 * 3 * 5, 3);
    const b = randomValues(2 * 7 * 5, 4);
    const want = [0, 1].flatMap((i) =>
      reference.product(a.subarray(i * 15), reference.transpose(b.subarray(i * 35, i * 35 + 35), 7, 5), 3, 5, 7),
    );
    const got = valuesOf(() => batchMatmul(fromValues(a, [2, 3, 5]), fromValues(b, [2, 7, 5]), { transposeB: true }));
    expect(worstDifference(got, want)).toBeLessThan(CLOSE);
  });

  test.each([1, 2, 3, 4, 5, 7, 8, 9, 13])("linear with %i tokens is x times the transposed weight", (tokens) => {
    const x = randomValues(tokens * 37, 5);
    const w = randomValues(11 * 37, 6);
    const want = reference.product(x, reference.transpose(w, 11, 37), tokens, 37, 11);
    expect(
      worstDifference(
        valuesOf(() => linear(fromValues(x, [tokens, 37]), fromValues(w, [11, 37]))),
        want,
      ),
    ).toBeLessThan(CLOSE);
  });

  test.each([1, 2, 11, 37])("linear with bfloat16 weights and %i tokens stays within their rounding", (tokens) => {
    const x = randomValues(tokens * 67, 7);
    const w = tidy(() => readFloats(toFloat32(toBfloat16(randomTensor([5, 67], 8)))));
    const want = reference.product(x, reference.transpose(w, 5, 67), tokens, 67, 5);
    const got = valuesOf(() => linear(fromValues(x, [tokens, 67]), toBfloat16(fromValues(w, [5, 67]))));
    const keepsFloats = engine !== "TensorFlow ops" && tokens <= 32;
    expect(worstDifference(got, want)).toBeLessThan(keepsFloats ? CLOSE : 2e-2);
  });

  test("a token's product does not depend on the tokens beside it", () => {
    if (engine === "TensorFlow ops") return;
    const x = randomValues(7 * 67, 17);
    const w = randomValues(13 * 67, 18);
    const product = (from: number, to: number) =>
      valuesOf(() => linear(fromValues(x.slice(from * 67, to * 67), [to - from, 67]), fromValues(w, [13, 67])));
    expect(product(0, 7).slice(5 * 13, 6 * 13)).toEqual(product(5, 6));
  });

  test("linearInputGrad is the gradient of linear", () => {
    const dy = randomValues(3 * 5, 9);
    const w = randomValues(5 * 7, 10);
    const want = reference.product(dy, w, 3, 5, 7);
    expect(
      worstDifference(
        valuesOf(() => linearInputGrad(fromValues(dy, [3, 5]), fromValues(w, [5, 7]))),
        want,
      ),
    ).toBeLessThan(CLOSE);
    const halved = valuesOf(() => linearInputGrad(fromValues(dy, [3, 5]), toBfloat16(fromValues(w, [5, 7]))));
    expect(worstDifference(halved, want)).toBeLessThan(2e-2);
  });

  test("shapes that do not multiply are refused by name", () => {
    tidy(() => expect(() => matmul(randomTensor([2, 3], 1), randomTensor([2, 5], 2))).toThrow("matmul: [2,3] does not multiply [2,5]"));
  });
});

describeEachEngine("arithmetic", () => {
  const values = randomValues(3 * 5, 11);
  const x = () => fromValues(values, [3, 5]);
  const rows = [0, 1, 2].map((row) => Array.from(values.subarray(row * 5, row * 5 + 5)));
  const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);

  test.each([
    ["square", (v: number) => v * v, arithmetic.square],
    ["tanh", Math.tanh, arithmetic.tanh],
    ["abs", Math.abs, arithmetic.abs],
    ["sign", Math.sign, arithmetic.sign],
    ["sigmoid", (v: number) => 1 / (1 + Math.exp(-v)), arithmetic.sigmoid],
    ["exp", Math.exp, arithmetic.exp],
  ] as const)("%s is taken of each value", (_, want, operation) => {
    expect(
      worstDifference(
        valuesOf(() => operation(x())),
        Array.from(values, want),
      ),
    ).toBeLessThan(CLOSE);
  });

  test("rsqrt is the reciprocal root", () => {
    expect(valuesOf(() => arithmetic.rsqrt(fromValues(Float32Array.of(4, 0.25), [2])))).toEqual([0.5, 2]);
  });

  test("two tensors broadcast as in NumPy", () => {
    const column = randomValues(3, 12);
    const row = randomValues(5, 13);
    const wide = (f: (a: number, b: number) => number) => [0, 1, 2].flatMap((i) => Array.from(row, (b) => f(column[i] ?? 0, b)));
    const pair = (operation: typeof arithmetic.add) => valuesOf(() => operation(fromValues(column, [3, 1]), fromValues(row, [5])));
    expect(
      worstDifference(
        pair(arithmetic.add),
        wide((a, b) => a + b),
      ),
    ).toBeLessThan(CLOSE);
    expect(
      worstDifference(
        pair(arithmetic.subtract),
        wide((a, b) => a - b),
      ),
    ).toBeLessThan(CLOSE);
    expect(
      worstDifference(
        pair(arithmetic.multiply),
        wide((a, b) => a * b),
      ),
    ).toBeLessThan(CLOSE);
    expect(valuesOf(() => arithmetic.multiply(scalar(2), fromValues(Float32Array.of(3, 5), [2])))).toEqual([6, 10]);
  });

  test("scale, addBias and addAll do what they say", () => {
    expect(valuesOf(() => arithmetic.scale(fromValues(Float32Array.of(2, 3), [2]), 0.5))).toEqual([1, 1.5]);
    const bias = () => fromValues(Float32Array.of(10, 20), [2]);
    expect(valuesOf(() => arithmetic.addBias(fromValues(Float32Array.of(1, 2, 3, 4), [2, 2]), bias()))).toEqual([11, 22, 13, 24]);
    expect(valuesOf(() => arithmetic.addAll([bias(), bias(), bias()]))).toEqual([30, 60]);
    expect(() => arithmetic.addAll([])).toThrow("nothing to add");
    tidy(() => expect(() => arithmetic.addBias(bias(), x())).toThrow(RangeError));
  });

  test("reductions over the last axis keep it with length 1", () => {
    tidy(() => expect(arithmetic.sumLast(x()).shape).toEqual([3, 1]));
    expect(
      worstDifference(
        valuesOf(() => arithmetic.sumLast(x())),
        rows.map(sum),
      ),
    ).toBeLessThan(CLOSE);
    expect(
      worstDifference(
        valuesOf(() => arithmetic.meanLast(x())),
        rows.map((row) => sum(row) / 5),
      ),
    ).toBeLessThan(CLOSE);
    tidy(() => expect(Array.from(readInts(arithmetic.argMaxLast(x())))).toEqual(rows.map((row) => row.indexOf(Math.max(...row)))));
  });

  test("sums over rows and of all squares", () => {
    const columns = [0, 1, 2, 3, 4].map((column) => sum(rows.map((row) => row[column] ?? 0)));
    expect(
      worstDifference(
        valuesOf(() => arithmetic.sumRows(x())),
        columns,
      ),
    ).toBeLessThan(CLOSE);
    expect(
      worstDifference(
        valuesOf(() => arithmetic.sumOfSquares(x())),
        [sum(Array.from(values, (v) => v * v))],
      ),
    ).toBeLessThan(CLOSE);
  });

  test("softmax and its logarithm", () => {
    const want = reference.softmax(Array.from(values), 5);
    expect(
      worstDifference(
        valuesOf(() => arithmetic.softmaxLast(x())),
        want,
      ),
    ).toBeLessThan(CLOSE);
    expect(
      worstDifference(
        valuesOf(() => arithmetic.logSoftmaxLast(x())),
        want.map(Math.log),
      ),
    ).toBeLessThan(CLOSE);
  });
});

describeEachEngine("norms and activations", () => {
  const [rows, d] = [3, 7];
  const x = randomValues(rows * d, 21);
  const w = randomValues(d, 22);
  const b = randomValues(d, 23);
  const dy = randomValues(rows * d, 24);
  const residual = randomValues(rows * d, 25);
  const tensor = (values: Float32Array) => fromValues(values, values.length === d ? [d] : [rows, d]);
  const plusResidual = (gradient: readonly number[]) => gradient.map((value, i) => value + (residual[i] ?? 0));

  test("rmsNorm and its gradient, with and without a residual", () => {
    const forward = (values: number[]) => reference.rmsNorm(values, w, 1e-5);
    expect(
      worstDifference(
        valuesOf(() => rmsNorm(tensor(x), tensor(w), 1e-5).y),
        forward(Array.from(x)),
      ),
    ).toBeLessThan(CLOSE);
    const want = numericGradient(forward, x, dy);
    const gradient = (past?: Float32Array) =>
      valuesOf(() => {
        const { inverseRms } = rmsNorm(tensor(x), tensor(w), 1e-5);
        expect(inverseRms.shape).toEqual([rows, 1]);
        return rmsNormGrad(tensor(x), inverseRms, tensor(w), tensor(dy), past && tensor(past));
      });
    expect(worstDifference(gradient(), want)).toBeLessThan(CLOSE);
    expect(worstDifference(gradient(residual), plusResidual(want))).toBeLessThan(CLOSE);
  });

  test("layerNorm and its gradient, with and without a residual", () => {
    const forward = (values: number[]) => reference.layerNorm(values, w, b, 1e-5);
    expect(
      worstDifference(
        valuesOf(() => layerNorm(tensor(x), tensor(w), tensor(b), 1e-5).y),
        forward(Array.from(x)),
      ),
    ).toBeLessThan(CLOSE);
    const want = numericGradient(forward, x, dy);
    const gradient = (past?: Float32Array) =>
      valuesOf(() =>
        layerNormGrad(tensor(x), layerNorm(tensor(x), tensor(w), tensor(b), 1e-5), tensor(w), tensor(dy), past && tensor(past)),
      );
    expect(worstDifference(gradient(), want)).toBeLessThan(CLOSE);
    expect(worstDifference(gradient(residual), plusResidual(want))).toBeLessThan(CLOSE);
  });

  test("siluMul and its two gradients", () => {
    expect(
      worstDifference(
        valuesOf(() => siluMul(tensor(x), tensor(residual))),
        reference.siluMul(x, residual),
      ),
    ).toBeLessThan(CLOSE);
    const dGate = numericGradient((gate) => reference.siluMul(gate, residual), x, dy);
    const dUp = numericGradient((up) => reference.siluMul(x, up), residual, dy);
    expect(
      worstDifference(
        valuesOf(() => siluMulGrad(tensor(x), tensor(residual), tensor(dy)).dGate),
        dGate,
      ),
    ).toBeLessThan(CLOSE);
    expect(
      worstDifference(
        valuesOf(() => siluMulGrad(tensor(x), tensor(residual), tensor(dy)).dUp),
        dUp,
      ),
    ).toBeLessThan(CLOSE);
  });

  test("geluTanhMul and its two gradients", () => {
    expect(
      worstDifference(
        valuesOf(() => geluTanhMul(tensor(x), tensor(residual))),
        reference.geluTanhMul(x, residual),
      ),
    ).toBeLessThan(CLOSE);
    const dGate = numericGradient((gate) => reference.geluTanhMul(gate, residual), x, dy);
    const dUp = numericGradient((up) => reference.geluTanhMul(x, up), residual, dy);
    const gradients = () => geluTanhMulGrad(tensor(x), tensor(residual), tensor(dy));
    expect(
      worstDifference(
        valuesOf(() => gradients().dGate),
        dGate,
      ),
    ).toBeLessThan(CLOSE);
    expect(
      worstDifference(
        valuesOf(() => gradients().dUp),
        dUp,
      ),
    ).toBeLessThan(CLOSE);
    tidy(() => expect(() => geluTanhMul(tensor(x), tensor(w))).toThrow(RangeError));
  });

  test("geluTanh and its gradient", () => {
    expect(
      worstDifference(
        valuesOf(() => geluTanh(tensor(x))),
        reference.geluTanh(x),
      ),
    ).toBeLessThan(CLOSE);
    const want = numericGradient(reference.geluTanh, x, dy);
    expect(
      worstDifference(
        valuesOf(() => geluTanhGrad(tensor(x), tensor(dy))),
        want,
      ),
    ).toBeLessThan(CLOSE);
  });

  test("large inputs saturate instead of overflowing", () => {
    const extremes = Float32Array.of(-1000, -100, 0, 100, 1000);
    const ones = Float32Array.of(1, 1, 1, 1, 1);
    const got = valuesOf(() => siluMul(fromValues(extremes, [5]), fromValues(ones, [5])));
    expect(worstDifference(got, [0, 0, 0, 100, 1000])).toBeLessThan(CLOSE);
    const gated = valuesOf(() => geluTanhMul(fromValues(extremes, [5]), fromValues(ones, [5])));
    expect(worstDifference(gated, [0, 0, 0, 100, 1000])).toBeLessThan(CLOSE);
    expect(valuesOf(() => geluTanh(fromValues(extremes, [5])))).toEqual([-0, -0, 0, 100, 1000].map((v) => v || expect.closeTo(0)));
  });

  test("NaN passes through", () => {
    const broken = Float32Array.from(x).fill(Number.NaN, 0, 1);
    for (const operation of [
      () => rmsNorm(tensor(broken), tensor(w), 1e-5).y,
      () => siluMul(tensor(broken), tensor(x)),
      () => geluTanhMul(tensor(broken), tensor(x)),
      () => geluTanh(tensor(broken)),
    ]) {
      expect(valuesOf(operation)[0]).toBeNaN();
    }
  });
});

describeEachEngine("cross-entropy", () => {
  test.each([5, 16, 37])("over %i tokens gives each row's loss and the gradient by its logits", (vocab) => {
    const logits = randomValues(3 * vocab, 31);
    const labels = [vocab - 1, 0, 2];
    tidy(() => {
      const { losses, dLogits } = softmaxCrossEntropy(fromValues(logits, [3, vocab]), fromValues(Int32Array.from(labels), [3]));
      const loss = (values: number[]) => reference.crossEntropy(values, labels, vocab);
      expect(worstDifference(readFloats(losses), loss(Array.from(logits)))).toBeLessThan(CLOSE);
      expect(worstDifference(readFloats(dLogits), numericGradient(loss, logits, [1, 1, 1]))).toBeLessThan(CLOSE);
    });
  });

  test("of a large vocabulary sums its many small terms in full", () => {
    const vocab = 50_000;
    const logits = randomValues(2 * vocab, 32);
    tidy(() => {
      const { losses, dLogits } = softmaxCrossEntropy(fromValues(logits, [2, vocab]), fromValues(Int32Array.of(7, vocab - 1), [2]));
      const exact = reference.crossEntropy(Array.from(logits), [7, vocab - 1], vocab);
      expect(worstDifference(readFloats(losses), exact)).toBeLessThan(3e-7);
      expect(readFloats(dLogits).reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 5);
    });
  });

  test("a row with NaN has no loss, and leaves the others theirs", () => {
    const logits = randomValues(2 * 20, 33);
    logits[3] = Number.NaN;
    tidy(() => {
      const losses = readFloats(softmaxCrossEntropy(fromValues(logits, [2, 20]), fromValues(Int32Array.of(1, 1), [2])).losses);
      expect(Array.from(losses, Number.isNaN)).toEqual([true, false]);
    });
  });
});
