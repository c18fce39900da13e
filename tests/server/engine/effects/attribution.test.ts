import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { type LatentMethodName, latentMethodOf } from "@/lib/contract/methods/methods";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { attributeLatents } from "@/server/engine/effects/attribution";
import { readText } from "@/server/engine/effects/read-text";
import { type CausalModel, type LabelledBatch, NO_LABEL } from "@/server/engine/models/causal-model";
import { batchRows } from "@/server/engine/models/row-batches";
import { startEngine } from "@/server/engine/tensor/backend";
import { free, liveTensors } from "@/server/engine/tensor/scope";
import { worstDifference } from "@/tests/server/engine/tensor/engines";
import { loadToy, type ToyName } from "@/tests/server/engine/toy";
import { finish, toyAdapters, toyLora, toyMethods, toyRows, toyStan, toyVera } from "./toy-adapters";

const LLAMA_ALL = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];
type ToyMethod = LatentMethodName | "dora" | "relu";
const CASES: readonly { name: ToyName; method: ToyMethod; targets: string[] }[] = [
  { name: "llama", method: "stan", targets: LLAMA_ALL },
  { name: "gpt2", method: "stan", targets: ["c_attn", "c_proj", "c_fc"] },
  { name: "llama", method: "lora", targets: LLAMA_ALL },
  { name: "gpt2", method: "lora", targets: ["c_attn", "mlp.c_proj"] },
  { name: "llama", method: "dora", targets: LLAMA_ALL },
  { name: "gpt2", method: "dora", targets: ["c_attn", "mlp.c_proj"] },
  { name: "llama", method: "vera", targets: LLAMA_ALL },
  { name: "gpt2", method: "vera", targets: ["c_attn", "mlp.c_proj"] },
  { name: "llama", method: "relu", targets: ["q_proj", "down_proj"] },
];

/** All latents kept, so that the loss is smooth and a difference quotient exists. */
function adapterOf(model: CausalModel, method: ToyMethod, targets: readonly string[]): Adapter {
  if (method === "lora" || method === "dora") return toyLora(model, targets, 3, { useDora: method === "dora" });
  if (method === "vera") return toyVera(model, targets, 3);
  return toyStan(model, targets, { numLatents: 3, k: 3, alpha: 30, selection: method === "relu" ? "relu" : "signed" });
}

function textAdapterOf(model: CausalModel, method: LatentMethodName | "relu", targets: readonly string[]): Adapter {
  return method === "relu" ? toyStan(model, targets, { selection: "relu" }) : toyAdapters[method](model, targets);
}

function lossSum(
  model: CausalModel,
  batches: readonly LabelledBatch[],
  adapter: Adapter,
  module: string,
  index: number,
  scale: number,
): number {
  const hooks = adapterHooks(adapter, {
    edits: [{ operation: "scale", latent: { module, index }, value: scale, isOn: true, scope: "all" }],
  });
  return batches.reduce(
    (sum, batch) => sum + model.tokenLosses(batch, hooks).reduce((total, loss) => total + (Number.isNaN(loss) ? 0 : loss), 0),
    0,
  );
}

describe.each(CASES)("attribution of a $method adapter of a $name model on $targets", ({ name, method, targets }) => {
  beforeAll(async () => {
    await startEngine();
  });
  afterEach(() => expect(liveTensors()).toBe(0));

  it("is minus the slope of the loss as the latent is scaled", () => {
    const model = loadToy(name);
    const adapter = adapterOf(model, method, targets);
    const batches = batchRows(toyRows(), 40).map(({ batch }) => batch);
    const { result: attribution, progress } = finish(attributeLatents(model, adapter, batches));
    // A smaller step where the loss has kinks.
    const step = method === "relu" ? 0.004 : 0.02;
    let largest = 0;
    for (const { module, numLatents } of adapter.modules) {
      for (let index = 0; index < numLatents; index++) {
        const [above, below] = [1 + step, 1 - step].map((scale) => lossSum(model, batches, adapter, module, index, scale));
        const slope = ((above ?? 0) - (below ?? 0)) / (2 * step);
        const sum = attribution.get(module)?.sum[index] ?? Number.NaN;
        expect(Math.abs(sum + slope), `${module} ${index}`).toBeLessThan(2e-3 + 1e-2 * Math.abs(slope));
        largest = Math.max(largest, Math.abs(slope));
      }
    }
    expect(largest).toBeGreaterThan(0.1);
    // Ten rows carry labels; the eleventh has 3 tokens.
    expect(progress.at(-1)).toEqual({ rows: 10, tokens: toyRows().reduce((all, { ids }) => all + ids.length, 0) - 3 });
    adapter.free();
    model.free();
  });
});

describe("attribution", () => {
  let model: CausalModel;
  let adapter: Adapter;
  const rows = toyRows();

  beforeAll(async () => {
    await startEngine();
    model = loadToy("llama");
    adapter = toyStan(model, ["v_proj", "down_proj"], { selection: "relu", k: 9 });
    return () => {
      adapter.free();
      model.free();
    };
  });

  const attribute = (own: typeof rows, batchTokens = 30) =>
    finish(
      attributeLatents(
        model,
        adapter,
        batchRows(own, batchTokens).map(({ batch }) => batch),
      ),
    ).result;

  it("counts the firings at real tokens of rows with a label, and no kept zero", () => {
    const firings = new Map(adapter.modules.map(({ module, numLatents }) => [module, new Float64Array(numLatents)]));
    let zeros = 0;
    for (const { ids, labels } of rows) {
      if (labels.subarray(1).every((label) => label === NO_LABEL)) continue;
      const hooks = adapterHooks(adapter, {
        onActivations: ({ module }, { indices, values }) =>
          indices.forEach((index, at) => {
            const own = firings.get(module);
            if (values[at] === 0) zeros++;
            else if (own !== undefined) own[index] = (own[index] ?? 0) + 1;
          }),
      });
      free(model.forward({ ids, rows: 1, tokens: ids.length }, { hooks }));
    }
    const attribution = attribute(rows);
    for (const [module, count] of firings) expect(attribution.get(module)?.count).toEqual(count);
    expect(zeros).toBeGreaterThan(0);
  });

  it("forms no gradient of the adapter's matrices and leaves no tensor", () => {
    attribute(rows);
    const live = liveTensors();
    attribute(rows);
    expect(liveTensors()).toBe(live);
  });
});

describe.each([...toyMethods, "relu"] as const)("reading a text with a %s adapter", (method) => {
  const ids = Int32Array.from([3, 17, 8, 8, 1, 20, 9]);

  it("gives what each token's latents are, their shares of the update, their attributions, and the losses", async () => {
    await startEngine();
    const model = loadToy("llama");
    const targets = ["v_proj", "down_proj"];
    const adapter = textAdapterOf(model, method, targets);
    const reading = readText(model, adapter, ids, { attribution: true });
    const plain = readText(model, adapter, ids, { attribution: false });
    const seen = new Map<string, { indices: number[]; values: number[] }>();
    const hooks = adapterHooks(adapter, {
      onActivations: ({ module }, { indices, values }) => seen.set(module, { indices: Array.from(indices), values: Array.from(values) }),
    });
    const losses = model.tokenLosses({ ids, labels: ids, rows: 1, tokens: ids.length }, hooks);
    const attribution = finish(attributeLatents(model, adapter, [{ ids, labels: ids, rows: 1, tokens: ids.length }])).result;

    expect(plain.losses).toEqual(losses);
    expect(reading.losses[0]).toBeNaN();
    expect(worstDifference(reading.losses.subarray(1), losses.subarray(1))).toBeLessThan(1e-5);
    expect(reading.modules.map(({ module }) => module)).toEqual(adapter.modules);
    for (const [place, { module, width, indices, activations, outputShares, attributions }] of reading.modules.entries()) {
      const wanted = seen.get(module.module);
      expect(Array.from(indices)).toEqual(wanted?.indices);
      expect(Array.from(activations)).toEqual(wanted?.values);
      expect(plain.modules[place]).toMatchObject({ attributions: undefined, outputShares });
      for (let token = 0; token < ids.length; token++) {
        const own = outputShares.subarray(token * width, (token + 1) * width);
        const isSilent = activations.subarray(token * width, (token + 1) * width).every((value) => value === 0);
        expect(own.reduce((sum, share) => sum + share, 0)).toBeCloseTo(isSilent ? 0 : 1, 4);
      }
      const sums = new Float64Array(module.numLatents);
      indices.forEach((index, at) => {
        sums[index] = (sums[index] ?? 0) + (attributions?.[at] ?? Number.NaN);
      });
      expect(worstDifference(sums, attribution.get(module.module)?.sum ?? [])).toBeLessThan(1e-5);
    }
    adapter.free();
    model.free();
    expect(liveTensors()).toBe(0);
  });

  it("gives each entry's share as its part of the update along the update", async () => {
    await startEngine();
    const model = loadToy("llama");
    const adapter = textAdapterOf(model, method, ["v_proj"]);
    const [first] = readText(model, adapter, ids, { attribution: false }).modules;
    if (first === undefined) throw new Error("nothing was read");
    const { module, width, indices, activations, outputShares } = first;
    const tensors = adapter.tensors().get(module.module);
    if (tensors === undefined) throw new Error("no matrices");
    const D = latentMethodOf(module).decoder(tensors);
    for (let token = 0; token < ids.length; token++) {
      const parts = Array.from({ length: width }, (_, slot) => {
        const at = token * width + slot;
        const column = Array.from({ length: module.dOut }, (_, o) => D.data[o * module.numLatents + (indices[at] ?? 0)] ?? 0);
        return column.map((value) => module.scaling * (activations[at] ?? 0) * value);
      });
      const update = Array.from({ length: module.dOut }, (_, o) => parts.reduce((sum, part) => sum + (part[o] ?? 0), 0));
      const whole = update.reduce((sum, value) => sum + value * value, 0);
      for (const [slot, part] of parts.entries()) {
        const along = part.reduce((sum, value, o) => sum + value * (update[o] ?? 0), 0);
        expect(outputShares[token * width + slot]).toBeCloseTo(whole === 0 ? 0 : along / whole, 4);
      }
    }
    adapter.free();
    model.free();
  });

  it("reads one token, which predicts nothing: no loss, and no attribution", async () => {
    await startEngine();
    const model = loadToy("gpt2");
    const adapter = textAdapterOf(model, method, ["c_attn"]);
    const reading = readText(model, adapter, Int32Array.of(5), { attribution: true });
    expect(Array.from(reading.losses)).toEqual([Number.NaN]);
    expect(reading.modules[0]?.attributions?.every((value) => value === 0)).toBe(true);
    expect(() => readText(model, adapter, new Int32Array(30), { attribution: false })).toThrow("context of 29 tokens");
    expect(() => readText(model, adapter, new Int32Array(0), { attribution: true })).toThrow(RangeError);
    adapter.free();
    model.free();
  });
});
