import { expect, test } from "vitest";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import { liveTensors, tidy } from "@/server/engine/tensor/scope";
import {
  type AdamStep,
  adamUpdate,
  assign,
  createVariable,
  freeVariable,
  readVariable,
  variableValues,
  zeroVariable,
} from "@/server/engine/tensor/variables";
import adamW from "@/tests/golden/adam-w.json";
import { describeEachEngine, randomValues, worstDifference } from "./engines";

const OPTIONS: Omit<AdamStep, "step"> = { learningRate: 5e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, gradScale: 1 };

/** AdamW in float64 as torch computes it, one value at a time. */
function referenceSteps(start: ArrayLike<number>, grads: readonly ArrayLike<number>[], options: Omit<AdamStep, "step">): number[] {
  const { learningRate, beta1, beta2, epsilon, weightDecay, gradScale } = options;
  return Array.from(start, (value, i) => {
    let [parameter, m, v] = [value, 0, 0];
    grads.forEach((grad, earlier) => {
      const g = (grad[i] ?? 0) * gradScale;
      parameter -= learningRate * weightDecay * parameter;
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * g ** 2;
      const denominator = Math.sqrt(v) / Math.sqrt(1 - beta2 ** (earlier + 1)) + epsilon;
      parameter -= ((learningRate / (1 - beta1 ** (earlier + 1))) * m) / denominator;
    });
    return parameter;
  });
}

function run(start: Float32Array, grads: readonly Float32Array[], options: Omit<AdamStep, "step">): Float32Array {
  const shape = [start.length];
  const parameter = createVariable(start, shape);
  const moments = [0, 1].map(() => zeroVariable(shape)) as [typeof parameter, typeof parameter];
  grads.forEach((grad, earlier) => {
    tidy(() => adamUpdate(parameter, moments[0], moments[1], fromValues(grad, shape), { ...options, step: earlier + 1 }));
  });
  const values = variableValues(parameter);
  for (const variable of [parameter, ...moments]) freeVariable(variable);
  return values;
}

describeEachEngine("trained variables", () => {
  test("ten steps of AdamW follow the formula", () => {
    const start = randomValues(7, 81);
    const grads = Array.from({ length: 10 }, (_, step) => randomValues(7, 82 + step));
    for (const options of [OPTIONS, { ...OPTIONS, weightDecay: 0, gradScale: 0.25 }, { ...OPTIONS, epsilon: 1e-2, beta2: 0.95 }]) {
      expect(worstDifference(run(start, grads, options), referenceSteps(start, grads, options))).toBeLessThan(1e-6);
    }
  });

  test("one step equals torch.optim.AdamW's on a STAN encoder", () => {
    const after = run(Float32Array.from(adamW.start), [Float32Array.from(adamW.gradient)], OPTIONS);
    expect(worstDifference(after, adamW.after)).toBeLessThan(1e-6);
  });

  test("a tiny gradient moves as epsilon says", () => {
    const grads = [Float32Array.of(1e-8, 1e-10, 0)];
    const start = Float32Array.of(1, 1, 1);
    expect(worstDifference(run(start, grads, OPTIONS), referenceSteps(start, grads, OPTIONS))).toBeLessThan(1e-6);
  });

  test("a NaN gradient shows in the parameter", () => {
    expect(run(Float32Array.of(1, 2), [Float32Array.of(Number.NaN, 1)], OPTIONS)[0]).toBeNaN();
  });

  test("assign and read change and give the values; freeing leaves nothing", () => {
    const before = liveTensors();
    const variable = createVariable(Float32Array.of(1, 2), [2]);
    tidy(() => assign(variable, fromValues(Float32Array.of(3, 4), [2])));
    tidy(() => expect(Array.from(readFloats(readVariable(variable)))).toEqual([3, 4]));
    tidy(() => expect(() => assign(variable, fromValues(Float32Array.of(3), [1]))).toThrow("[1] does not fit a parameter of shape [2]"));
    freeVariable(variable);
    expect(liveTensors()).toBe(before);
  });
});
