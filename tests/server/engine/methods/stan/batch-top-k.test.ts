import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { thresholdDecay } from "@/lib/contract/methods/stan/settings";
import type { StanTensors } from "@/lib/contract/methods/stan/tensors";
import { Random } from "@/lib/numbers/random";
import { Adapter } from "@/server/engine/adapters/adapter";
import { wholeRows } from "@/server/engine/methods/products";
import type { Selection, StanModule } from "@/server/engine/methods/stan/stan-module";
import { transposed } from "@/server/engine/models/weights";
import { type EngineOptions, startEngine } from "@/server/engine/tensor/backend";
import { fromValues, readFloats, readInts } from "@/server/engine/tensor/create";
import { liveTensors, tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { largestDifference } from "@/tests/server/engine/tiny";
import { above, denseBatch, largestOver, measuredSlopes } from "./batch-dense";
import type { DenseStan } from "./stan-dense";

const [dIn, dOut, numLatents] = [5, 7, 11];
const selections = ["signed", "relu", "abs"] as const;

function normals(length: number, seed: number): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length }, () => random.nextNormal());
}

type Made = { readonly adapter: Adapter; readonly dense: DenseStan };

function adapterOf(k: number, selection: Selection, sparsity: "topk" | "batchtopk", threshold?: number): Made {
  const alpha = 3;
  const sizes = { module: "m", name: "m", layer: 0, dIn, dOut, numLatents };
  const module: StanModule = { method: "stan", ...sizes, k, scaling: alpha / k, selection, sparsity };
  const matrices = {
    E: { shape: [numLatents, dIn] as const, data: normals(numLatents * dIn, 1) },
    D: { shape: [dOut, numLatents] as const, data: normals(dOut * numLatents, 2) },
  };
  const tensors: StanTensors =
    sparsity === "topk" ? matrices : { ...matrices, threshold: { shape: [1], data: Float32Array.of(threshold ?? 0.5) } };
  return { adapter: new Adapter([module], new Map([["m", tensors]])), dense: { ...matrices, k, alpha, selection } };
}

function passOf(tokens: number) {
  return {
    rows: 1,
    tokens,
    ids: new Int32Array(tokens),
    positions: Int32Array.from({ length: tokens }, (_, i) => i),
    promptLengths: Int32Array.of(tokens),
  };
}

/** One module's training pass, as plain arrays. */
function train(adapter: Adapter, x: Float32Array, g: Float32Array, mask?: Int32Array) {
  const tokens = x.length / dIn;
  return tidy(() => {
    const seen: Int32Array[] = [];
    const hook = adapter.trainingHooks((_, indices) => seen.push(indices), undefined, mask).at("m");
    if (hook === undefined) throw new Error("no hook");
    const base = fromValues(new Float32Array(tokens * dOut), [tokens, dOut]);
    const { output, backward } = hook.forward(fromValues(x, [tokens, dIn]), base, passOf(tokens));
    const gradients = new Map<string, Tensor>();
    const dX = backward(fromValues(g, [tokens, dOut]), true, gradients);
    const read = (tensor: Tensor | undefined) => readFloats(tensor ?? expect.fail("a gradient is missing"));
    return {
      kept: keptOf(seen[0] ?? new Int32Array(0), tokens),
      update: readFloats(output),
      dX: read(dX),
      dE: read(gradients.get("m.E")),
      dD: transposed(read(gradients.get("m.D")), numLatents, dOut),
    };
  });
}

function keptOf(indices: Int32Array, tokens: number): number[][] {
  const width = indices.length / tokens;
  return Array.from({ length: tokens }, (_, token) =>
    Array.from(indices.subarray(token * width, (token + 1) * width)).filter((latent) => latent >= 0),
  );
}

function infer(adapter: Adapter, x: Float32Array): { activations: number[][]; update: Float32Array } {
  const tokens = x.length / dIn;
  const attached = adapter.at("m") ?? expect.fail("no module");
  return tidy(() => {
    const { indices, values } = attached.read(fromValues(x, [tokens, dIn]), wholeRows({}));
    const held = attached.write({ indices, values }, wholeRows({}));
    const [, width = 0] = values.shape;
    const activations = Array.from({ length: tokens }, () => new Array<number>(numLatents).fill(0));
    const latents = readInts(indices ?? expect.fail("no indices"));
    readFloats(values).forEach((value, i) => {
      (activations[Math.floor(i / width)] as number[])[latents[i] ?? 0] = value;
    });
    return { activations, update: readFloats(held).map((value) => value * attached.module.scaling) };
  });
}

function thresholdOf(adapter: Adapter): number {
  const { threshold } = adapter.tensors().get("m") as StanTensors;
  return threshold?.data[0] ?? Number.NaN;
}

const ENGINES: readonly (readonly [string, EngineOptions])[] = [
  ["own kernels", {}],
  ["TensorFlow without own kernels", { prefer: "tensorflow", kernels: "twin" }],
  ["WebAssembly", { prefer: "wasm" }],
];

describe.each(ENGINES)("BatchTopK on %s", (_, options) => {
  beforeAll(async () => {
    await startEngine(options);
    // Constants that the engine keeps are made by a first pass.
    const { adapter } = adapterOf(2, "signed", "batchtopk");
    train(adapter, normals(3 * dIn, 3), normals(3 * dOut, 4));
    adapter.free();
  });
  afterEach(() => expect(liveTensors()).toBe(0));

  it.each(selections)("keeps k · n entries of a batch, with gradients through them alone (%s)", (selection) => {
    const tokens = 13;
    const { adapter, dense } = adapterOf(3, selection, "batchtopk");
    const [x, g] = [normals(tokens * dIn, 3), normals(tokens * dOut, 4)];
    const got = train(adapter, x, g);
    const wanted = denseBatch(dense, x, largestOver(dense));
    expect(got.kept).toEqual(wanted.kept);
    expect(got.kept.flat()).toHaveLength(3 * tokens);
    expect(new Set(got.kept.map(({ length }) => length)).size).toBeGreaterThan(1);
    expect(largestDifference(got.update, wanted.update)).toBeLessThan(3e-5);
    const [E, D, own] = [dense.E.data, dense.D.data, x].map((values) => Float64Array.from(values));
    if (E === undefined || D === undefined || own === undefined) expect.fail("no values");
    const moved = { ...dense, E: { ...dense.E, data: E }, D: { ...dense.D, data: D } } as unknown as DenseStan;
    const updateOf = () => denseBatch(moved, own, largestOver(dense)).update;
    expect(largestDifference(got.dE, measuredSlopes(E, g, updateOf))).toBeLessThan(1e-4);
    expect(largestDifference(got.dD, measuredSlopes(D, g, updateOf))).toBeLessThan(1e-4);
    expect(largestDifference(got.dX, measuredSlopes(own, g, updateOf))).toBeLessThan(1e-4);
    adapter.free();
  });

  it.each(selections)("of one token is TopK, to the last bit (%s)", (selection) => {
    for (const k of [1, 3, numLatents, numLatents + 2]) {
      const [batch, token] = [adapterOf(k, selection, "batchtopk"), adapterOf(k, selection, "topk")];
      for (const seed of [5, 6, 7]) {
        const [x, g] = [normals(dIn, seed), normals(dOut, seed + 10)];
        expect(train(batch.adapter, x, g)).toEqual(train(token.adapter, x, g));
      }
      batch.adapter.free();
      token.adapter.free();
    }
  });

  it("leaves padding out: it keeps nothing, and the budget is that of the other tokens", () => {
    const tokens = 13;
    const { adapter, dense } = adapterOf(3, "signed", "batchtopk");
    const mask = Int32Array.from({ length: tokens }, (_, token) => (token % 4 === 3 ? 0 : 1));
    const [x, g] = [normals(tokens * dIn, 3), normals(tokens * dOut, 4)];
    for (let token = 3; token < tokens; token += 4) x.fill(100, token * dIn, (token + 1) * dIn);
    const got = train(adapter, x, g, mask);
    const wanted = denseBatch(
      dense,
      x,
      largestOver(dense, (token) => mask[token] === 1),
    );
    expect(got.kept).toEqual(wanted.kept);
    expect(got.kept.flat()).toHaveLength(3 * 10);
    expect(got.kept[3]).toEqual([]);
    expect(largestDifference(got.update, wanted.update)).toBeLessThan(3e-5);
    adapter.free();
  });

  it.each(selections)("keeps what is above its threshold in inference (%s)", (selection) => {
    const x = normals(13 * dIn, 3);
    for (const threshold of [-0.7, 0, 0.9, 1e9]) {
      const { adapter, dense } = adapterOf(3, selection, "batchtopk", threshold);
      const wanted = denseBatch(dense, x, above(dense, Math.fround(threshold)));
      const { activations, update } = infer(adapter, x);
      expect(largestDifference(update, wanted.update)).toBeLessThan(5e-5);
      const firing = activations.map((row) => row.flatMap((value, latent) => (value === 0 ? [] : [latent])));
      if (selection !== "relu") expect(firing).toEqual(wanted.kept);
      adapter.free();
    }
  });

  it.each(selections)("passes the gradient of inference through what fires alone (%s)", (selection) => {
    const tokens = 13;
    const { adapter, dense } = adapterOf(3, selection, "batchtopk", 0.4);
    const attached = adapter.at("m") ?? expect.fail("no module");
    const x = normals(tokens * dIn, 3);
    const { activations } = infer(adapter, x);
    const wanted = activations.flatMap((row) =>
      Array.from({ length: dIn }, (_, c) => row.reduce((sum, value, j) => sum + (value === 0 ? 0 : (dense.E.data[j * dIn + c] ?? 0)), 0)),
    );
    const got = tidy(() => {
      const read = attached.read(fromValues(x, [tokens, dIn]), wholeRows({}));
      const ones = fromValues(new Float32Array(read.values.shape.reduce((a, b) => a * b)).fill(1), read.values.shape);
      return readFloats(attached.throughLatents(read, ones));
    });
    expect(largestDifference(got, wanted)).toBeLessThan(1e-5);
    adapter.free();
  });

  it("ranks equal pre-activations by token, then by latent", () => {
    const module: StanModule = {
      method: "stan",
      module: "m",
      name: "m",
      layer: 0,
      dIn: 1,
      dOut: 1,
      numLatents: 3,
      k: 1,
      scaling: 1,
      selection: "signed",
      sparsity: "batchtopk",
    };
    const E = { shape: [3, 1] as const, data: Float32Array.of(1, 1, 2) };
    const D = { shape: [1, 3] as const, data: Float32Array.of(1, 10, 100) };
    const threshold = { shape: [1] as const, data: Float32Array.of(0) };
    const adapter = new Adapter([module], new Map([["m", { E, D, threshold }]]));
    const seen: Int32Array[] = [];
    tidy(() => {
      const hook = adapter.trainingHooks((_, indices) => seen.push(indices)).at("m");
      hook?.forward(fromValues(Float32Array.of(2, 2, 1), [3, 1]), fromValues(new Float32Array(3), [3, 1]), passOf(3));
    });
    expect(keptOf(seen[0] ?? new Int32Array(0), 3)).toEqual([[0, 2], [2], []]);
    adapter.free();
  });
});

describe("the threshold of BatchTopK", () => {
  beforeAll(async () => {
    await startEngine();
  });
  afterAll(() => expect(liveTensors()).toBe(0));

  it("keeps nothing before the first batch, is then its smallest kept value, and follows those of later ones", () => {
    const sizes = { numLatents, k: 3, alpha: 1, selection: "signed", sparsity: "batchtopk", init: "small" } as const;
    const projection = { module: "m", name: "m", layer: 0, dIn, dOut };
    const adapter = Adapter.create([projection], { method: "stan", ...sizes, targets: { modules: ["m"], layers: null } }, 3);
    const { E, D } = adapter.tensors().get("m") as StanTensors;
    const dense: DenseStan = { E, D, k: 3, alpha: 1, selection: "signed" };
    const x = normals(13 * dIn, 3);
    expect(
      infer(adapter, x)
        .activations.flat()
        .every((value) => value === 0),
    ).toBe(true);
    let wanted = 0;
    for (const seed of [3, 4, 5]) {
      const batch = normals(13 * dIn, seed);
      const before = thresholdOf(adapter);
      train(adapter, batch, new Float32Array(13 * dOut));
      expect(thresholdOf(adapter)).toBe(before);
      adapter.endStep();
      const { smallest } = denseBatch(dense, batch, largestOver(dense));
      wanted = seed === 3 ? smallest : thresholdDecay * wanted + (1 - thresholdDecay) * smallest;
      expect(Math.abs(thresholdOf(adapter) - wanted)).toBeLessThan(1e-6);
    }
    adapter.free();
  });

  it("does not follow a step that did not end", () => {
    const { adapter } = adapterOf(3, "signed", "batchtopk", 0.25);
    const [x, g] = [normals(13 * dIn, 3), new Float32Array(13 * dOut)];
    train(adapter, x, g);
    train(adapter, x, g);
    adapter.endStep();
    const once = thresholdOf(adapter);
    adapter.endStep();
    expect(thresholdOf(adapter)).toBe(once);
    const other = adapterOf(3, "signed", "batchtopk", 0.25);
    train(other.adapter, x, g);
    other.adapter.endStep();
    expect(thresholdOf(other.adapter)).toBe(once);
    adapter.free();
    other.adapter.free();
  });

  it("is missed by name where an adapter has none", () => {
    const { adapter } = adapterOf(3, "signed", "batchtopk");
    const { E, D } = adapter.tensors().get("m") as StanTensors;
    expect(() => new Adapter(adapter.modules, new Map([["m", { E, D }]]))).toThrow("m: the adapter's threshold is missing");
    adapter.free();
  });

  it("lets k · n latents through on the batch that set it, up to one that is equal to it", () => {
    const property = fc.property(
      fc.integer({ min: 1, max: 17 }),
      fc.integer({ min: 1, max: numLatents }),
      fc.constantFrom(...selections),
      fc.integer({ min: 1, max: 1e6 }),
      (tokens, k, selection, seed) => {
        const { adapter } = adapterOf(k, selection, "batchtopk", 3.4028234663852886e38);
        const x = normals(tokens * dIn, seed);
        const { kept } = train(adapter, x, new Float32Array(tokens * dOut));
        expect(kept.flat()).toHaveLength(k * tokens);
        adapter.endStep();
        const firing = infer(adapter, x)
          .activations.flat()
          .filter((value) => value !== 0).length;
        expect(firing).toBeLessThanOrEqual(k * tokens - 1);
        if (selection !== "relu") expect(firing).toBe(k * tokens - 1);
        adapter.free();
      },
    );
    fc.assert(property, { numRuns: 60, seed: 1 });
  });
});
