import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { type DenseWeights, denseWeights, effectiveRankOf } from "@/server/engine/effects/update-spectrum";
import type { AttachedModule } from "@/server/engine/methods/attached-module";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { startEngine } from "@/server/engine/tensor/backend";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import { wholly } from "@/server/engine/tensor/in-parts";
import { liveTensors, tidy } from "@/server/engine/tensor/scope";
import { loadToy } from "@/tests/server/engine/toy";
import { dot, slowSvd } from "./slow-svd";
import { toyLora, toyVera } from "./toy-adapters";

const module = "model.layers.1.mlp.down_proj";

let model: CausalModel;

beforeAll(async () => {
  await startEngine();
  model = loadToy("llama");
});
afterAll(() => {
  model.free();
  expect(liveTensors()).toBe(0);
});

function attachedOf(adapter: Adapter): AttachedModule {
  const attached = adapter.at(module);
  if (attached === undefined) throw new Error(`${module} is not adapted`);
  return attached;
}

/** A component's vectors: what it reads with, and what it writes. */
function componentsOf({ module: { numLatents, scaling }, vectors }: AttachedModule) {
  const rowsOf = (side: "encoder" | "decoder") => {
    const values = tidy(() => Array.from(readFloats(vectors(side))));
    const width = values.length / numLatents;
    return Array.from({ length: numLatents }, (_, i) => values.slice(i * width, (i + 1) * width));
  };
  const [reads, writes] = [rowsOf("encoder"), rowsOf("decoder")];
  return reads.map((a, i) => ({ a, b: (writes[i] ?? []).map((value) => scaling * value) }));
}

function spectrumOf({ spectrum }: DenseWeights) {
  if (spectrum === undefined) throw new Error("no spectrum");
  return spectrum;
}

const cases: readonly (readonly [string, (model: CausalModel) => Adapter])[] = [
  ["LoRA", (of) => toyLora(of, [module])],
  ["LoRA of a rank above the width it reads or writes", (of) => toyLora(of, [module], 40)],
  ["rsLoRA", (of) => toyLora(of, [module], 5, { useRslora: true })],
  ["DoRA", (of) => toyLora(of, [module], 5, { useDora: true })],
  ["VeRA", (of) => toyVera(of, [module])],
];

describe.each(cases)("what the components of %s add to the weights", (_, make) => {
  it("has the singular values of the whole matrix, and of each direction the parts that the components write", () => {
    const adapter = make(model);
    const attached = attachedOf(adapter);
    const components = componentsOf(attached);
    const found = wholly(denseWeights(attached));
    const { singularValues, shares, effectiveRank } = spectrumOf(found);
    const [first] = components;
    // M = Σ scaling · b aᵀ, by rows
    const whole = (first?.b ?? []).map((_, o) =>
      (first?.a ?? []).map((_, c) => components.reduce((sum, { a, b }) => sum + (b[o] ?? 0) * (a[c] ?? 0), 0)),
    );
    const { sigma, u, v } = slowSvd(whole);
    const largest = sigma[0] ?? 0;
    expect(largest).toBeGreaterThan(0);
    singularValues.forEach((value, k) => {
      expect(Math.abs(value - (sigma[k] ?? 0)) / largest, `σ${k}`).toBeLessThan(1e-6);
    });
    for (let k = 0; k < singularValues.length && (sigma[k] ?? 0) > 1e-3 * largest; k++) {
      const ofDirection = components.map((_, i) => shares[i * singularValues.length + k] ?? Number.NaN);
      expect(ofDirection.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 4);
      components.forEach(({ a, b }, i) => {
        expect(ofDirection[i]).toBeCloseTo((dot(u[k] ?? [], b) * dot(a, v[k] ?? [])) / (sigma[k] ?? 0), 4);
      });
    }
    expect(effectiveRank).toBeCloseTo(effectiveRankOf(sigma.filter((value) => value > 1e-6 * largest)), 3);
    adapter.free();
  });

  it("has for each component alone the norm of its rank-1 matrix", () => {
    const adapter = make(model);
    const attached = attachedOf(adapter);
    const { norms } = wholly(denseWeights(attached));
    componentsOf(attached).forEach(({ a, b }, i) => {
      const squares = b.flatMap((out) => a.map((read) => (out * read) ** 2)).reduce((sum, square) => sum + square, 0);
      expect(norms[i]).toBeCloseTo(Math.sqrt(squares), 5);
    });
    adapter.free();
  });
});

describe("the spectrum of an update", () => {
  it("is 0 before LoRA's first step", () => {
    const fresh = toyLora(model, [module]);
    const tensors = fresh.tensors();
    const { modules } = fresh;
    fresh.free();
    for (const own of tensors.values()) if ("B" in own) own.B.data.fill(0);
    const Class = fresh.constructor as typeof Adapter;
    const adapter = new Class(modules, tensors, model.projections);
    const { norms, spectrum } = wholly(denseWeights(attachedOf(adapter)));
    expect([...norms, ...(spectrum?.singularValues ?? [1]), ...(spectrum?.shares ?? [1]), spectrum?.effectiveRank]).toEqual(
      new Array(5 + 5 + 25 + 1).fill(0),
    );
    adapter.free();
  });

  it("is not computed above rank 256, though the norms are", () => {
    const adapter = toyLora(model, [module], 257);
    const own = attachedOf(adapter);
    const square = Float32Array.from({ length: 257 * 257 }, (_, at) => Math.sin(at));
    const { norms, spectrum } = wholly(denseWeights({ module: own.module, vectors: () => fromValues(square, [257, 257]) }));
    expect([norms.length, spectrum]).toEqual([257, undefined]);
    adapter.free();
  });

  it("of more components than the module is wide has as many directions as the width", () => {
    const adapter = toyLora(model, [module], 257);
    const own = attachedOf(adapter);
    const widths = (["encoder", "decoder"] as const).map((side) => tidy(() => readFloats(own.vectors(side)).length / 257));
    const { spectrum } = wholly(denseWeights(own));
    expect(spectrum?.singularValues).toHaveLength(Math.min(...widths));
    adapter.free();
  });

  it("has the effective rank of as many equal values, and less of unequal ones", () => {
    expect(effectiveRankOf([2, 2, 2, 0])).toBeCloseTo(3, 12);
    expect(effectiveRankOf([1, 0.5])).toBeCloseTo(3 / 2 ** (2 / 3), 12);
    expect(effectiveRankOf([])).toBe(0);
  });
});
