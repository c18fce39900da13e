import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { latentMethodOf } from "@/lib/contract/methods/methods";
import type { Matrix } from "@/lib/contract/methods/tensors";
import { Adapter } from "@/server/engine/adapters/adapter";
import { relatedLatents } from "@/server/engine/effects/related-latents";
import { reachOf } from "@/server/engine/effects/related-reach";
import type { AdapterTensors } from "@/server/engine/methods/adapter-module";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { startEngine } from "@/server/engine/tensor/backend";
import { liveTensors } from "@/server/engine/tensor/scope";
import { loadToy } from "@/tests/server/engine/toy";
import { finish, toyAdapters, toyMethods } from "./toy-adapters";

type Vector = { readonly place: number; readonly index: number; readonly values: number[] };

/** An adapter's vectors of one side, in float64. */
function vectorsOf(adapter: Adapter, side: "decoder" | "encoder"): Vector[] {
  const tensors = adapter.tensors();
  return adapter.modules.flatMap(({ method, module, numLatents, dIn, dOut }, place) => {
    const own = tensors.get(module) as AdapterTensors;
    const [reading, writing] = ["E" in own ? own.E : own.A, latentMethodOf({ method }).decoder(own)];
    const [, readWidth] = reading.shape;
    return Array.from({ length: numLatents }, (_, index) => ({
      place,
      index,
      values:
        side === "encoder"
          ? Array.from({ length: dIn }, (_, c) => reading.data[index * readWidth + c] ?? 0)
          : Array.from({ length: dOut }, (_, o) => writing.data[o * numLatents + index] ?? 0),
    }));
  });
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

/** The same adapter with latent 2 of its first module writing nothing. */
function withZero(adapter: Adapter): Adapter {
  const { modules } = adapter;
  const tensors = adapter.tensors();
  adapter.free();
  const [first] = modules;
  const own = tensors.get(first?.module ?? "") as AdapterTensors;
  if ("lambdaD" in own) own.lambdaD.data[2] = 0;
  else clearColumn("E" in own ? own.D : own.B, 2);
  return new Adapter(modules, tensors);
}

function clearColumn({ shape: [rows, columns], data }: Matrix, column: number): void {
  for (let row = 0; row < rows; row++) data[row * columns + column] = 0;
}

describe.each(toyMethods)("related latents of a %s adapter", (method) => {
  let model: CausalModel;
  let adapter: Adapter;

  beforeAll(async () => {
    await startEngine();
    model = loadToy("llama");
    // q: 10 → 24, v: 10 → 12, down: 14 → 10, in two layers each.
    const targets = ["q_proj", "v_proj", "down_proj"];
    adapter = withZero(toyAdapters[method](model, targets));
  });
  afterAll(() => {
    adapter.free();
    model.free();
    expect(liveTensors()).toBe(0);
  });

  it.each([
    [8, null, Number.POSITIVE_INFINITY],
    [3, -1, 0],
  ])("are the %i of the largest cosine (%s layers apart), as float64 finds them", (count, layersApart, flops) => {
    const { result, progress } = finish(relatedLatents(adapter, { count, flops }));
    expect(result.reach.layersApart).toBe(layersApart);
    expect(progress.every(({ done, total }) => done < total && total === result.reach.pairs.length)).toBe(true);
    for (const side of ["decoder", "encoder"] as const) {
      const vectors = vectorsOf(adapter, side);
      for (const own of vectors) {
        const isZero = own.values.every((value) => value === 0);
        const all = vectors
          .filter(({ place, index, values }) => {
            const isReached = place === own.place || layersApart === null;
            const isItself = place === own.place && index === own.index;
            return isReached && !isItself && values.length === own.values.length && values.some((value) => value !== 0);
          })
          .map((other) => ({ module: other.place, index: other.index, cosine: cosine(own.values, other.values) }))
          .sort((a, b) => b.cosine - a.cosine);
        const wanted = all.slice(0, isZero ? 0 : count);
        const found = result.modules.get(adapter.modules[own.place]?.module ?? "")?.[side].of(own.index) ?? [];
        // Matrices that VeRA's modules share give equal cosines, which come in either order.
        expect(new Set(found.map(({ module, index }) => `${module}.${index}`)).size).toBe(wanted.length);
        found.forEach((one, rank) => {
          const exact = all.find(({ module, index }) => module === one.module && index === one.index)?.cosine;
          expect(exact).toBeCloseTo(wanted[rank]?.cosine ?? Number.NaN, 6);
          expect(one.cosine).toBeCloseTo(exact ?? Number.NaN, 5);
        });
      }
    }
  });

  it("know the norm of each column", () => {
    const norms = adapter.decoderNorms();
    for (const { place, index, values } of vectorsOf(adapter, "decoder")) {
      const norm = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
      expect(norms.get(adapter.modules[place]?.module ?? "")?.[index]).toBeCloseTo(norm, 6);
    }
    expect(norms.get(adapter.modules[0]?.module ?? "")?.[2]).toBe(0);
  });
});

describe("the reach of related latents", () => {
  const module = (layer: number, dIn: number, dOut: number) => ({
    method: "lora" as const,
    module: `${layer}.${dIn}`,
    name: "q",
    layer,
    dIn,
    dOut,
    numLatents: 10,
    scaling: 1,
  });

  it("takes in the nearest layers first, and the module itself whatever it costs", () => {
    const modules = [module(0, 2, 3), module(1, 2, 3), module(2, 2, 5)];
    // Of itself: 3 encoders of 2·2·100 and decoders of 2·3·100, 2·3·100 and 2·5·100: 3400. One layer apart: two pairs of encoders, both ways, and one of decoders: 2800.
    expect(reachOf(modules, 0)).toMatchObject({ layersApart: -1 });
    expect(reachOf(modules, 6199)).toMatchObject({ layersApart: 0 });
    expect(reachOf(modules, 6200)).toMatchObject({ layersApart: 1 });
    expect(reachOf(modules, 7000)).toMatchObject({ layersApart: null });
    expect(reachOf(modules, 0).pairs).toHaveLength(6);
    expect(reachOf(modules, 1e9).pairs.filter(({ side, from, to }) => side === "decoder" && from !== to)).toHaveLength(2);
  });
});
