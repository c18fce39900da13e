import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Edit } from "@/lib/contract/edit";
import { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks, armHooks } from "@/server/engine/adapters/arms";
import { bakeEdits } from "@/server/engine/adapters/bake";
import { adapterCost } from "@/server/engine/adapters/counting";
import { planModules } from "@/server/engine/adapters/plan-modules";
import { dropoutMask } from "@/server/engine/methods/dropout";
import type { FrozenLinear } from "@/server/engine/methods/frozen-linear";
import type { LoraModule } from "@/server/engine/methods/lora/lora-module";
import type { CausalModel } from "@/server/engine/models/causal-model";
import type { HookPass, ProjectionHooks } from "@/server/engine/models/projection-hook";
import { freeSequence } from "@/server/engine/models/sequence";
import { transposed } from "@/server/engine/models/weights";
import { type EngineOptions, startEngine } from "@/server/engine/tensor/backend";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import { free, keep, liveTensors, tidy } from "@/server/engine/tensor/scope";
import { randomAdapter } from "@/tests/server/engine/adapters/random-adapter";
import { randomValues } from "@/tests/server/engine/tensor/engines";
import { largestDifference, loraSettings } from "@/tests/server/engine/tiny";
import { loadToy, type ToyName, toyBatch, toyConfigs, toyWeights } from "@/tests/server/engine/toy";
import { loadCausalModel } from "@/tests/support/load-causal-model";
import { denseDora } from "./dora-dense";

const [tokens, dIn, dOut, rank] = [13, 5, 7, 3];
const pass: HookPass = {
  rows: 1,
  tokens,
  ids: new Int32Array(tokens),
  positions: Int32Array.from({ length: tokens }, (_, i) => i),
  promptLengths: Int32Array.of(tokens),
};
const draw = { seed: 3, step: 2, places: [0, 1, 2] };

const ENGINES: readonly (readonly [string, EngineOptions])[] = [
  ["own kernels", {}],
  ["TensorFlow alone", { prefer: "tensorflow", kernels: "twin" }],
  ["WebAssembly", { prefer: "wasm" }],
];

describe.each(ENGINES)("a DoRA module on %s", (_, engine) => {
  beforeAll(async () => {
    await startEngine(engine);
  });
  afterEach(() => expect(liveTensors()).toBe(0));

  const cases = [false, true].flatMap((isHeldByInput) => [0, 0.4].map((dropout) => [isHeldByInput, dropout] as const));
  it.each(cases)("equals the dense computation, gradients included (weight held by input: %s, dropout %f)", (isHeldByInput, dropout) => {
    const W = randomValues(dOut * dIn, 1);
    const weight = keep(isHeldByInput ? fromValues(transposed(W, dOut, dIn), [dIn, dOut]) : fromValues(W, [dOut, dIn]));
    const bias = keep(fromValues(randomValues(dOut, 2), [dOut]));
    const frozen: FrozenLinear = { module: "m", weight, isHeldByInput, bias };
    const module: LoraModule = {
      method: "lora",
      module: "m",
      name: "m",
      layer: 0,
      dIn,
      dOut,
      numLatents: rank,
      scaling: 1.5,
      isDora: true,
      dropout,
    };
    const A = { shape: [rank, dIn] as const, data: randomValues(rank * dIn, 3) };
    const B = { shape: [dOut, rank] as const, data: randomValues(dOut * rank, 4) };
    const magnitude = { shape: [dOut] as const, data: randomValues(dOut, 5) };
    const [x, base, g] = [randomValues(tokens * dIn, 6), randomValues(tokens * dOut, 7), randomValues(tokens * dOut, 8)];
    const adapter = new Adapter([module], new Map([["m", { A, B, magnitude }]]), [frozen]);
    const got = tidy(() => {
      const made = adapter
        .trainingHooks(undefined, draw)
        .at("m")
        ?.forward(fromValues(x, [tokens, dIn]), fromValues(base, [tokens, dOut]), pass);
      if (made === undefined) throw new Error("no hook");
      const gradients = new Map();
      const dX = made.backward(fromValues(g, [tokens, dOut]), true, gradients);
      const gradient = (part: string) => readFloats(gradients.get(`m.${part}`));
      const dBase = made.baseGradient?.(fromValues(g, [tokens, dOut]));
      return {
        dBase: dBase === undefined ? g : readFloats(dBase),
        output: readFloats(made.output),
        dX: dX === undefined ? [] : readFloats(dX),
        dA: gradient("A"),
        dB: gradient("B"),
        dM: gradient("magnitude"),
      };
    });
    // What goes back through the frozen output, beyond what every projection sends back, is the model's to multiply.
    const throughBase = Float32Array.from({ length: tokens * dIn }, (_, i) => {
      const [t, c] = [Math.floor(i / dIn), i % dIn];
      return W.reduce((sum, weight, at) => {
        const o = Math.floor(at / dIn);
        return at % dIn === c ? sum + weight * ((got.dBase[t * dOut + o] ?? 0) - (g[t * dOut + o] ?? 0)) : sum;
      }, got.dX[i] ?? 0);
    });
    const mask = dropout === 0 ? undefined : tidy(() => readFloats(dropoutMask(dropout, draw, 0, pass, dIn)));
    const wanted = denseDora({ W, bias: randomValues(dOut, 2), A: A.data, B: B.data, m: magnitude.data, scaling: 1.5, mask }, x, base, g);
    expect(largestDifference(throughBase, wanted.dX)).toBeLessThan(2e-5);
    for (const part of ["output", "dA", "dB", "dM"] as const) expect(largestDifference(got[part], wanted[part]), part).toBeLessThan(2e-5);
    adapter.free();
    free(weight, bias);
  });
});

describe.each(["llama", "qwen2", "gpt2"] as const satisfies readonly ToyName[])("a fresh DoRA adapter of a %s model", (name) => {
  const settings = loraSettings(name === "gpt2" ? ["c_attn", "mlp.c_proj"] : ["q_proj", "down_proj"], { useDora: true });

  it.each(["float32", "bfloat16"] as const)("changes nothing before it is trained, to the last bit (%s weights)", async (frozen) => {
    await startEngine();
    const model = loadCausalModel(toyConfigs[name], toyWeights(toyConfigs[name]), { frozen, decode: frozen });
    const adapter = Adapter.create(model.projections, settings, 3);
    const logits = (hooks?: ProjectionHooks) => tidy(() => readFloats(model.logits(model.forward(toyBatch(), { hooks }).final)));
    expect(logits(adapterHooks(adapter))).toEqual(logits());
    const batch = toyBatch();
    const { tokenLosses, gradients } = model.lossAndGradients(batch, adapter.trainingHooks(), 1);
    expect(tokenLosses).toEqual(model.tokenLosses(batch));
    free(gradients);
    adapter.free();
    model.free();
    expect(liveTensors()).toBe(0);
  });
});

describe("DoRA", () => {
  const settings = loraSettings(["q_proj", "v_proj"], { rank: 3, alpha: 6, useDora: true });
  const V0 = "model.layers.0.self_attn.v_proj";
  const on = { isOn: true, scope: "all" } as const;
  let model: CausalModel;

  beforeAll(async () => {
    await startEngine();
    model = loadToy("llama");
  });
  afterAll(() => {
    model.free();
    expect(liveTensors()).toBe(0);
  });

  it("counts a magnitude for each output, which takes part at every token", () => {
    const magnitudes = 2 * (24 + 12);
    const [plain, dora] = [false, true].map((useDora) => adapterCost(planModules(model.projections, { ...settings, useDora })));
    expect(dora?.trainableParameters).toBe((plain?.trainableParameters ?? 0) + magnitudes);
    expect(dora?.activeParameters).toBe((plain?.activeParameters ?? 0) + magnitudes);
    expect(dora?.flopsPerToken).toBe((plain?.flopsPerToken ?? 0) + 2 * magnitudes);
    expect(dora?.bytes).toBe(4 * (dora?.trainableParameters ?? 0));
  });

  it("says what it holds, with the copies that were made to run it", () => {
    const { adapter } = randomAdapter(model.projections, settings);
    // The squares of the frozen rows stay with the trained tensors.
    const atFirst = adapter.cost.bytes + 4 * 2 * (24 + 12);
    expect(adapter.heldBytes).toBe(atFirst);
    const own = adapter.at(V0) ?? expect.fail("no module");
    own.parameters["A"]?.readRounded();
    const copy = 2 * 3 * own.module.dIn;
    expect(adapter.heldBytes).toBe(atFirst + copy);
    free(model.forward({ ids: Int32Array.of(3, 5), rows: 1, tokens: 2 }, { hooks: adapterHooks(adapter) }));
    expect(adapter.heldBytes).toBe(atFirst + copy + 4 * (3 + 3) * 2 * (24 + 12));
    adapter.release();
    expect(adapter.heldBytes).toBe(atFirst);
    adapter.free();
  });

  it("reports as injected all that a module's update was, the rescaling of the base included, once it is off", () => {
    const { adapter } = randomAdapter(model.projections, settings);
    const { ids, rows } = toyBatch();
    const batch = { ids, rows, tokens: 7 };
    const outputs = (edits: Edit[]) => {
      const norms: number[] = [];
      const hooks = adapterHooks(adapter, { edits, onInjection: (_, values) => norms.push(...values) });
      const seen: { base: Float32Array; output: Float32Array }[] = [];
      const watching: ProjectionHooks = {
        at: (module) => {
          const hook = hooks.at(module);
          if (hook === undefined || module !== V0) return hook;
          return {
            forward(x, base, hookPass) {
              const made = hook.forward(x, base, hookPass);
              seen.push({ base: readFloats(base), output: readFloats(made.output) });
              return made;
            },
          };
        },
      };
      tidy(() => {
        model.forward(batch, { hooks: watching });
      });
      return { norms, ...seen[0] };
    };
    const plain = outputs([]);
    const off = outputs([{ operation: "moduleOff", module: V0, isOn: true, scope: { from: 2, to: 4 } }]);
    const width = 12;
    off.norms.forEach((norm, token) => {
      const at = (values: Float32Array | undefined, o: number) => values?.[token * width + o] ?? Number.NaN;
      let [changed, whole] = [0, 0];
      for (let o = 0; o < width; o++) {
        changed += (at(off.output, o) - at(plain.output, o)) ** 2;
        whole += at(off.base, o) ** 2;
        if (token % 7 >= 2 && token % 7 <= 4) expect(at(off.output, o)).toBe(at(off.base, o));
      }
      expect(norm).toBeCloseTo(Math.sqrt(changed / whole), 4);
    });
    expect(off.norms.filter((norm) => norm > 0.1).length).toBe(9);
    adapter.free();
  });

  it("runs beside other adapters and the base in one step, each row as alone", () => {
    const { adapter } = randomAdapter(model.projections, settings);
    const { adapter: other } = randomAdapter(model.projections, { ...settings, useDora: false });
    const arms = [{}, { adapter }, { adapter: other }, { adapter }, { adapter }];
    const begun = () => arms.map((arm) => model.prefill([Int32Array.of(3, 8, 1)], { hooks: armHooks([arm]), maxTokens: 5 }));
    const [joined, single] = [begun(), begun()];
    const together = tidy(() =>
      readFloats(
        model.decode(
          joined.flatMap(({ sequences }) => sequences),
          new Int32Array(5).fill(7),
          armHooks(arms),
        ),
      ),
    );
    arms.forEach((arm, row) => {
      const alone = tidy(() => readFloats(model.decode(single[row]?.sequences ?? [], Int32Array.of(7), armHooks([arm]))));
      expect(together.slice(row * 23, (row + 1) * 23)).toEqual(alone);
    });
    for (const { sequences, logits } of [...joined, ...single]) {
      free(logits);
      for (const sequence of sequences) freeSequence(sequence);
    }
    expect(largestDifference(together.slice(0, 23), together.slice(23, 46))).toBeGreaterThan(1e-2);
    expect(together.slice(69, 92)).toEqual(together.slice(23, 46));
    adapter.free();
    other.free();
  });

  it("is refused without the model's weights, with a row of zeros, and for baking, by name", () => {
    const { adapter, tensors } = randomAdapter(model.projections, settings);
    const { modules } = adapter;
    expect(() => new Adapter(modules, tensors)).toThrow(
      "q_proj: its update reads the frozen weight; give the adapter its model's projections",
    );
    const without = new Map([...tensors].map(([module, parts]) => [module, { ...parts, magnitude: undefined }]));
    expect(() => new Adapter(modules, without as never, model.projections)).toThrow("q_proj: the adapter's magnitude is missing");
    expect(() => bakeEdits(modules, tensors, [{ operation: "scale", latent: { module: V0, index: 1 }, value: 2, ...on }])).toThrow(
      /scale cannot be baked\. .*DoRA/,
    );
    const zero = keep(fromValues(new Float32Array(24 * 10), [24, 10]));
    const blank = model.projections.map((projection) => ({ ...projection, ...(projection.dOut === 24 ? { weight: zero } : {}) }));
    const fresh = Adapter.create(blank, settings, 3);
    expect(() => tidy(() => model.forward(toyBatch(), { hooks: adapterHooks(fresh) }))).toThrow(/q_proj: row 0 of W0 \+ B A is zero/);
    for (const one of [adapter, fresh]) one.free();
    free(zero);
  });
});
