import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writesToResidual } from "@/lib/contract/architectures/architectures";
import { type LatentMethodName, latentMethodOf } from "@/lib/contract/methods/methods";
import type { Matrix, Vector } from "@/lib/contract/methods/tensors";
import { Adapter } from "@/server/engine/adapters/adapter";
import { logitEffects } from "@/server/engine/effects/logit-effect";
import type { AdapterTensors } from "@/server/engine/methods/adapter-module";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { startEngine } from "@/server/engine/tensor/backend";
import { liveTensors } from "@/server/engine/tensor/scope";
import { toyConfigs, toyWeights } from "@/tests/server/engine/toy";
import { loadCausalModel } from "@/tests/support/load-causal-model";
import { computedCases } from "@/tests/support/methods/methods";
import { finish, toyMethods } from "./toy-adapters";

const O0 = "model.layers.0.self_attn.o_proj";
const C1 = "transformer.h.1.mlp.c_proj";

/** A head that reads one dimension a token, (23, dModel): token t gives t + 1 times dimension t % dModel; and a gain of 2, 1, 1, …. */
function handModel(name: "llama" | "gpt2"): CausalModel {
  const config = name === "gpt2" ? { ...toyConfigs.gpt2, tie_word_embeddings: true } : toyConfigs.llama;
  const dModel = name === "gpt2" ? 12 : 10;
  const source = toyWeights(config);
  const head = headOfOneDimensionEach(dModel);
  const gain = Float32Array.from({ length: dModel }, (_, i) => (i === 0 ? 2 : 1));
  return loadCausalModel(config, {
    ...source,
    read: (tensor) => {
      if (tensor === "model.embed_tokens.weight" || tensor === "transformer.wte.weight") return head;
      return tensor === "model.norm.weight" || tensor === "transformer.ln_f.weight" ? gain : source.read(tensor);
    },
  });
}

function headOfOneDimensionEach(dModel: number): Float32Array {
  return Float32Array.from({ length: 23 * dModel }, (_, i) => {
    const token = Math.floor(i / dModel);
    return i % dModel === token % dModel ? token + 1 : 0;
  });
}

/** The model's adapter on one module, with these decoder columns (a list by latent). */
function adapterWith(model: CausalModel, method: LatentMethodName, module: string, columns: number[][]): Adapter {
  const [, settings] = computedCases([module]).find(([, one]) => one.method === method) ?? expect.fail("no case");
  const sized = latentMethodOf(settings).turnedSize(settings, "parameters").withValue(columns.length);
  const fresh = Adapter.create(model.projections, sized, 1);
  const tensors = fresh.tensors();
  const { modules } = fresh;
  fresh.free();
  const [dOut, numLatents] = [columns[0]?.length ?? 0, columns.length];
  const writing: Matrix = {
    shape: [dOut, numLatents],
    data: Float32Array.from({ length: dOut * numLatents }, (_, i) => columns[i % numLatents]?.[Math.floor(i / numLatents)] ?? 0),
  };
  const changed = new Map(
    [...tensors].map(([name, own]): [string, AdapterTensors] => {
      if ("E" in own) return [name, { ...own, D: writing }];
      return [name, "lambdaB" in own ? { ...own, lambdaD: ones(numLatents), lambdaB: ones(dOut), B: writing } : { ...own, B: writing }];
    }),
  );
  return new Adapter(modules, changed);
}

function ones(size: number): Vector {
  return { shape: [size], data: new Float32Array(size).fill(1) };
}

describe.each(toyMethods)("the logit effect of a %s latent", (method) => {
  let llama: CausalModel;
  let gpt2: CausalModel;

  beforeAll(async () => {
    await startEngine();
    llama = handModel("llama");
    gpt2 = handModel("gpt2");
  });
  afterAll(() => {
    llama.free();
    gpt2.free();
    expect(liveTensors()).toBe(0);
  });

  const unit = (length: number, at: number, value: number) => Array.from({ length }, (_, i) => (i === at ? value : 0));

  it("is gain ⊙ column through the head where the last norm is an RMS norm", () => {
    const adapter = adapterWith(llama, method, O0, [unit(10, 3, 5), unit(10, 0, -1)]);
    const { result, progress } = finish(logitEffects(llama, adapter, O0));
    // Dimension 3 is read by tokens 3, 13 times 4, 14; dimension 0 by tokens 0, 10, 20 times 1, 11, 21, and the gain is 2 there.
    expect(Array.from(result?.raised.tokens.subarray(0, 2) ?? [])).toEqual([13, 3]);
    expect(Array.from(result?.raised.values.subarray(0, 3) ?? [])).toEqual([70, 20, 0]);
    expect(Array.from(result?.lowered.tokens.subarray(8, 11) ?? [])).toEqual([20, 10, 0]);
    expect(Array.from(result?.lowered.values.subarray(8, 11) ?? [])).toEqual([-42, -22, -2]);
    expect(progress).toEqual([{ done: 2, total: 2 }]);
    adapter.free();
  });

  it("takes the column's mean off first where the last norm is a layer norm", () => {
    const adapter = adapterWith(gpt2, method, C1, [unit(12, 3, 12), new Array(12).fill(7)]);
    const { result } = finish(logitEffects(gpt2, adapter, C1));
    // Centred, the column is 11 at dimension 3 and −1 elsewhere; tokens 3 and 15 read it times 4 and 16, token 22 reads −1 times 23.
    expect(Array.from(result?.raised.tokens.subarray(0, 2) ?? [])).toEqual([15, 3]);
    expect(result?.raised.values[0]).toBeCloseTo(176, 4);
    expect(result?.raised.values[1]).toBeCloseTo(44, 4);
    // The lowest is dimension 0, whose gain is 2: token 12, times 13.
    expect(result?.lowered.tokens[0]).toBe(12);
    expect(result?.lowered.values[0]).toBeCloseTo(-26, 4);
    expect(result?.lowered.tokens[1]).toBe(22);
    expect(result?.lowered.values[1]).toBeCloseTo(-23, 4);
    // A column of equal entries is nothing once it is centred.
    for (const value of result?.raised.values.subarray(8) ?? []) expect(value).toBeCloseTo(0, 4);
    adapter.free();
  });

  it("takes the gain of a norm between the module and the residual stream along, and stays before a cap of logits", () => {
    const config = toyConfigs.gemma2;
    const source = toyWeights(config);
    const zeroBut = (at: number, value: number) => Float32Array.from({ length: 10 }, (_, i) => (i === at ? value : 0));
    const model = loadCausalModel(config, {
      ...source,
      read: (tensor) => {
        if (tensor === "model.embed_tokens.weight") return headOfOneDimensionEach(10);
        if (tensor === "model.norm.weight") return zeroBut(0, 1);
        return tensor === "model.layers.0.post_attention_layernorm.weight" ? zeroBut(3, 4) : source.read(tensor);
      },
    });
    const adapter = adapterWith(model, method, O0, [unit(10, 3, 5), unit(10, 0, -1)]);
    const { result } = finish(logitEffects(model, adapter, O0));
    // 1 + w: dimension 3 is multiplied by 5 and then by 1, dimension 0 by 1 and then by 2; the cap is 2.
    expect(Array.from(result?.raised.tokens.subarray(0, 2) ?? [])).toEqual([13, 3]);
    expect(Array.from(result?.raised.values.subarray(0, 3) ?? [])).toEqual([350, 100, 0]);
    expect(Array.from(result?.lowered.values.subarray(8, 11) ?? [])).toEqual([-42, -22, -2]);
    adapter.free();
    model.free();
  });

  it("is undefined where a module does not write to the residual stream", () => {
    const module = "model.layers.1.self_attn.q_proj";
    const adapter = adapterWith(llama, method, module, [unit(24, 1, 1)]);
    expect(finish(logitEffects(llama, adapter, module)).result).toBeUndefined();
    expect(() => finish(logitEffects(llama, adapter, O0))).toThrow(`the adapter has no module ${O0}`);
    const writing = [llama, gpt2]
      .flatMap(({ config, projections }) => projections.filter(({ name }) => writesToResidual(config.architecture, name)))
      .map(({ module: name }) => name.replace(/^.*\.\d\./, ""));
    expect([...new Set(writing)]).toEqual(["self_attn.o_proj", "mlp.down_proj", "attn.c_proj", "mlp.c_proj"]);
    adapter.free();
  });
});
