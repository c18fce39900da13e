import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { VeraTensors } from "@/lib/contract/methods/vera/tensors";
import { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { dropoutMask } from "@/server/engine/methods/dropout";
import type { VeraModule, VeraSettings } from "@/server/engine/methods/vera/vera-module";
import type { HookPass, ProjectionHooks } from "@/server/engine/models/projection-hook";
import { type EngineOptions, startEngine } from "@/server/engine/tensor/backend";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import { free, liveTensors, tidy } from "@/server/engine/tensor/scope";
import { randomValues } from "@/tests/server/engine/tensor/engines";
import { largestDifference } from "@/tests/server/engine/tiny";
import { loadToy, toyBatch } from "@/tests/server/engine/toy";

const [tokens, dIn, dOut, rank] = [13, 5, 7, 3];
const pass: HookPass = {
  rows: 1,
  tokens,
  ids: new Int32Array(tokens),
  positions: Int32Array.from({ length: tokens }, (_, i) => i),
  promptLengths: Int32Array.of(tokens),
};
const draw = { seed: 3, step: 2, places: [0, 1, 2] };
const settings: VeraSettings = {
  method: "vera",
  rank: 6,
  dInitial: 0.1,
  projectionKey: 0,
  targets: { modules: ["q_proj", "v_proj", "down_proj"], layers: null },
};

const ENGINES: readonly (readonly [string, EngineOptions])[] = [
  ["own kernels", {}],
  ["TensorFlow alone", { prefer: "tensorflow", kernels: "twin" }],
  ["WebAssembly", { prefer: "wasm" }],
];

describe.each(ENGINES)("a VeRA module on %s", (_, engine) => {
  beforeAll(async () => {
    await startEngine(engine);
  });
  afterEach(() => expect(liveTensors()).toBe(0));

  it.each([0, 0.4])("equals the dense computation, gradients included (dropout %f), with matrices that are wider than it", (dropout) => {
    const module: VeraModule = { method: "vera", module: "m", name: "m", layer: 0, dIn, dOut, numLatents: rank, scaling: 1, dropout };
    const tensors: VeraTensors = {
      lambdaD: { shape: [rank], data: randomValues(rank, 1) },
      lambdaB: { shape: [dOut], data: randomValues(dOut, 2) },
      A: { shape: [rank, dIn + 2], data: randomValues(rank * (dIn + 2), 3) },
      B: { shape: [dOut + 4, rank], data: randomValues((dOut + 4) * rank, 4) },
    };
    const [x, base, g] = [randomValues(tokens * dIn, 5), randomValues(tokens * dOut, 6), randomValues(tokens * dOut, 7)];
    const adapter = new Adapter([module], new Map([["m", tensors]]));
    const got = tidy(() => {
      const made = adapter
        .trainingHooks(undefined, draw)
        .at("m")
        ?.forward(fromValues(x, [tokens, dIn]), fromValues(base, [tokens, dOut]), pass);
      if (made === undefined) throw new Error("no hook");
      const gradients = new Map();
      const dX = made.backward(fromValues(g, [tokens, dOut]), true, gradients);
      return {
        output: readFloats(made.output),
        dX: dX === undefined ? [] : readFloats(dX),
        dD: readFloats(gradients.get("m.lambdaD")),
        dB: readFloats(gradients.get("m.lambdaB")),
        trained: [...gradients.keys()].sort(),
      };
    });
    expect(got.trained).toEqual(["m.lambdaB", "m.lambdaD"]);
    const mask = dropout === 0 ? undefined : tidy(() => readFloats(dropoutMask(dropout, draw, 0, pass, dIn)));
    const wanted = dense(tensors, mask, { x, base, g });
    for (const part of ["output", "dX", "dD", "dB"] as const) expect(largestDifference(got[part], wanted[part]), part).toBeLessThan(2e-5);
    adapter.free();
  });
});

/** h = base + λ_b ⊙ B (λ_d ⊙ A (mask ⊙ x)) and its gradients for g = ∂L/∂h, entry by entry in float64. */
function dense(
  { lambdaD: d, lambdaB: b, A, B }: VeraTensors,
  mask: Float32Array | undefined,
  { x, base, g }: { readonly x: Float32Array; readonly base: Float32Array; readonly g: Float32Array },
) {
  const at = (values: Float32Array, index: number) => values[index] as number;
  const output = Float64Array.from(base);
  const [dX, dD, dB] = [new Float64Array(x.length), new Float64Array(rank), new Float64Array(dOut)];
  for (let t = 0; t < tokens; t++)
    for (let o = 0; o < dOut; o++)
      for (let i = 0; i < rank; i++)
        for (let c = 0; c < dIn; c++) {
          const factors = [at(b.data, o), at(B.data, o * rank + i), at(d.data, i), at(A.data, i * A.shape[1] + c)] as const;
          const [scaleB, write, scaleD, read] = factors;
          const kept = mask === undefined ? 1 : at(mask, t * dIn + c);
          const [input, slope] = [kept * at(x, t * dIn + c), at(g, t * dOut + o)];
          output[t * dOut + o] = (output[t * dOut + o] as number) + scaleB * write * scaleD * read * input;
          dX[t * dIn + c] = (dX[t * dIn + c] as number) + slope * scaleB * write * scaleD * read * kept;
          dD[i] = (dD[i] as number) + slope * scaleB * write * read * input;
          dB[o] = (dB[o] as number) + slope * write * scaleD * read * input;
        }
  return { output, dX, dD, dB };
}

describe("a fresh VeRA adapter", () => {
  it("changes nothing before it is trained, to the last bit, and holds A and B once for all modules of a shape", async () => {
    await startEngine();
    const model = loadToy("llama");
    const adapter = Adapter.create(model.projections, settings, 3);
    const logits = (hooks?: ProjectionHooks) => tidy(() => readFloats(model.logits(model.forward(toyBatch(), { hooks }).final)));
    expect(logits(adapterHooks(adapter))).toEqual(logits());
    const batch = toyBatch();
    const { tokenLosses, gradients } = model.lossAndGradients(batch, adapter.trainingHooks(), 1);
    expect(tokenLosses).toEqual(model.tokenLosses(batch));
    free(gradients);
    adapter.release();
    const { modules } = adapter;
    const trained = modules.reduce((sum, module) => sum + settings.rank + module.dOut, 0);
    const shapes = (of: (module: VeraModule) => number) => new Set((modules as readonly VeraModule[]).map(of));
    const shared = [...shapes((module) => module.dIn), ...shapes((module) => module.dOut)].reduce(
      (sum, width) => sum + settings.rank * width,
      0,
    );
    expect(adapter.cost.trainableParameters).toBe(trained);
    expect(adapter.heldBytes).toBe(4 * (trained + shared));
    adapter.free();
    model.free();
    expect(liveTensors()).toBe(0);
  });

  it("starts from the same matrices whatever the run's seed, and from others with another key", async () => {
    await startEngine();
    const model = loadToy("llama");
    const startOf = (seed: number, projectionKey: number) => {
      const adapter = Adapter.create(model.projections, { ...settings, projectionKey }, seed);
      const [tensors] = adapter.tensors().values();
      adapter.free();
      return tensors;
    };
    expect(startOf(1, 0)).toEqual(startOf(2, 0));
    expect(startOf(1, 0)).not.toEqual(startOf(1, 5));
    model.free();
  });
});
