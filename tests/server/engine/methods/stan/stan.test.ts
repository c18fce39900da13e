import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { StanTensors } from "@/lib/contract/methods/stan/tensors";
import { Random } from "@/lib/numbers/random";
import { Adapter } from "@/server/engine/adapters/adapter";
import type { Selection, StanModule } from "@/server/engine/methods/stan/stan-module";
import { transposed } from "@/server/engine/models/weights";
import { startEngine } from "@/server/engine/tensor/backend";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import { liveTensors, tidy } from "@/server/engine/tensor/scope";
import { largestDifference } from "@/tests/server/engine/tiny";
import { type DenseStan, denseStan } from "./stan-dense";

const [tokens, dIn, dOut, numLatents] = [13, 5, 7, 11];
const pass = {
  rows: 1,
  tokens,
  ids: new Int32Array(tokens),
  positions: Int32Array.from({ length: tokens }, (_, i) => i),
  promptLengths: Int32Array.of(tokens),
};

function normals(length: number, seed: number): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length }, () => random.nextNormal());
}

function stanOf(k: number, selection: Selection, alpha = 3): { adapter: Adapter; dense: DenseStan } {
  const module: StanModule = { method: "stan", module: "m", name: "m", layer: 0, dIn, dOut, numLatents, k, scaling: alpha / k, selection };
  const tensors: StanTensors = {
    E: { shape: [numLatents, dIn], data: normals(numLatents * dIn, 1) },
    D: { shape: [dOut, numLatents], data: normals(dOut * numLatents, 2) },
  };
  return { adapter: new Adapter([module], new Map([["m", tensors]])), dense: { ...tensors, k, alpha, selection } };
}

/** One module's forward and backward, as plain arrays. */
function run(adapter: Adapter, x: Float32Array, g: Float32Array) {
  return tidy(() => {
    const kept: Int32Array[] = [];
    const hook = adapter.trainingHooks((_, indices) => kept.push(indices)).at("m");
    if (hook === undefined) throw new Error("no hook");
    const base = fromValues(new Float32Array(tokens * dOut), [tokens, dOut]);
    const { output, backward } = hook.forward(fromValues(x, [tokens, dIn]), base, pass);
    const gradients = new Map();
    const dX = backward(fromValues(g, [tokens, dOut]), true, gradients);
    if (dX === undefined) throw new Error("no input gradient");
    return {
      kept: kept[0],
      update: readFloats(output),
      dX: readFloats(dX),
      dE: readFloats(gradients.get("m.E")),
      dD: readFloats(gradients.get("m.D")),
    };
  });
}

describe("a STAN module", () => {
  beforeAll(async () => {
    await startEngine();
  });
  afterEach(() => {
    expect(liveTensors()).toBe(0);
  });

  const cases = (["signed", "relu", "abs"] as const).flatMap((selection) =>
    [1, 3, numLatents, numLatents + 2].map((k) => [selection, k] as const),
  );
  it.each(cases)("equals the dense computation, gradients included (%s, k = %i)", (selection, k) => {
    const { adapter, dense } = stanOf(k, selection);
    const [x, g] = [normals(tokens * dIn, 3), normals(tokens * dOut, 4)];
    const wanted = denseStan(dense, x, g);
    const got = run(adapter, x, g);
    expect(Array.from(got.kept ?? [])).toEqual(wanted.kept.flat());
    expect(largestDifference(got.update, wanted.update)).toBeLessThan(2e-5);
    expect(largestDifference(got.dX, wanted.dX)).toBeLessThan(2e-5);
    expect(largestDifference(got.dE, wanted.dE)).toBeLessThan(4e-5);
    expect(largestDifference(transposed(got.dD, numLatents, dOut), wanted.dD)).toBeLessThan(4e-5);
    adapter.free();
  });

  it("is TopKLoRA, which keeps the k largest of ReLU(E x) and scales by alpha / numLatents, with alpha times k / numLatents", () => {
    const [k, alpha] = [7, 5];
    const { adapter, dense } = stanOf(k, "relu", (alpha * k) / numLatents);
    const [x, g] = [normals(tokens * dIn, 3), normals(tokens * dOut, 4)];
    const update = new Float64Array(tokens * dOut);
    const dE = new Float64Array(numLatents * dIn);
    let fewest = k;
    for (let token = 0; token < tokens; token++) {
      const own = x.subarray(token * dIn, (token + 1) * dIn);
      const rectified = Array.from({ length: numLatents }, (_, j) =>
        Math.max(
          0,
          own.reduce((sum, value, c) => sum + value * (dense.E.data[j * dIn + c] ?? 0), 0),
        ),
      );
      const threshold = rectified.toSorted((a, b) => b - a)[k - 1] ?? 0;
      const firing = Array.from(rectified.keys()).filter((j) => (rectified[j] ?? 0) > 0 && (rectified[j] ?? 0) >= threshold);
      fewest = Math.min(fewest, firing.length);
      for (const j of firing) {
        for (let o = 0; o < dOut; o++) {
          const written = (alpha / numLatents) * (dense.D.data[o * numLatents + j] ?? 0);
          update[token * dOut + o] = (update[token * dOut + o] ?? 0) + written * (rectified[j] ?? 0);
          for (let c = 0; c < dIn; c++) dE[j * dIn + c] = (dE[j * dIn + c] ?? 0) + written * (g[token * dOut + o] ?? 0) * (own[c] ?? 0);
        }
      }
    }
    const got = run(adapter, x, g);
    expect(fewest).toBeLessThan(k);
    expect(largestDifference(got.update, update)).toBeLessThan(2e-5);
    expect(largestDifference(got.dE, dE)).toBeLessThan(4e-5);
    adapter.free();
  });

  it("gives back the matrices it was made of", () => {
    const { adapter, dense } = stanOf(3, "signed");
    expect(adapter.tensors().get("m")).toEqual({ E: dense.E, D: dense.D });
    adapter.free();
  });

  it("keeps the lower index of equal pre-activations", () => {
    const module: StanModule = {
      method: "stan",
      module: "m",
      name: "m",
      layer: 0,
      dIn: 1,
      dOut: 1,
      numLatents: 5,
      k: 3,
      scaling: 1,
      selection: "signed",
    };
    const E = { shape: [5, 1] as const, data: Float32Array.of(1, 2, 1, 1, 2) };
    const D = { shape: [1, 5] as const, data: Float32Array.of(1, 10, 100, 1000, 10000) };
    const adapter = new Adapter([module], new Map([["m", { E, D }]]));
    const { output, kept } = tidy(() => {
      const seen: number[] = [];
      const hook = adapter.trainingHooks((_, indices) => seen.push(...indices)).at("m");
      const made = hook?.forward(fromValues(Float32Array.of(1), [1, 1]), fromValues(Float32Array.of(0), [1, 1]), { ...pass, tokens: 1 });
      return { output: made === undefined ? [] : Array.from(readFloats(made.output)), kept: seen };
    });
    expect(kept).toEqual([0, 1, 4]);
    expect(output).toEqual([1 + 20 + 20000]);
    adapter.free();
  });

  it("refuses matrices of another shape, and missing ones, by name", () => {
    const module: StanModule = {
      method: "stan",
      module: "layers.0.q",
      name: "q",
      layer: 0,
      dIn,
      dOut,
      numLatents,
      k: 3,
      scaling: 1,
      selection: "signed",
    };
    const E = { shape: [numLatents, dIn] as const, data: new Float32Array(numLatents * dIn) };
    const D = { shape: [dOut, 2] as const, data: new Float32Array(dOut * 2) };
    expect(() => new Adapter([module], new Map())).toThrow("layers.0.q: the adapter's E is missing");
    expect(() => new Adapter([module], new Map([["layers.0.q", { E, D }]]))).toThrow("D has shape [7,2], but the model needs [7,11]");
  });

  it("counts no kept latent twice", () => {
    const { adapter } = stanOf(3, "signed");
    const { kept } = run(adapter, normals(tokens * dIn, 3), normals(tokens * dOut, 4));
    for (let token = 0; token < tokens; token++) expect(new Set(kept?.subarray(token * 3, token * 3 + 3)).size).toBe(3);
    adapter.free();
  });
});
