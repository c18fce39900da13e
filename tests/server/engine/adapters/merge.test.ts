import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "@/lib/numbers/random";
import { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { bakeEdits } from "@/server/engine/adapters/bake";
import { mergeAdapters, type WeightedAdapter } from "@/server/engine/adapters/merge";
import { interference } from "@/server/engine/evaluation/interference";
import { onHost, tokenOf } from "@/server/engine/methods/activations";
import { wholeRows } from "@/server/engine/methods/products";
import { updateOf } from "@/server/engine/methods/update";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { padRows } from "@/server/engine/models/row-batches";
import { startEngine } from "@/server/engine/tensor/backend";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import { liveTensors, tidy } from "@/server/engine/tensor/scope";
import { toAdapterConfigFile } from "@/server/files/adapters/adapter-config";
import { readAdapter, writeAdapter } from "@/server/files/adapters/adapter-folder";
import { mergedConfig } from "@/server/files/adapters/merged-config";
import { adapterOf } from "@/server/runtime/models/load-adapter";
import { finish, toyBatchTopK, toyLora, toyRows, toyStan, toyVera } from "@/tests/server/engine/effects/toy-adapters";
import { loadToy } from "@/tests/server/engine/toy";
import { temporaryFolder } from "@/tests/support/temporary-folder";

describe("mergeAdapters", () => {
  let model: CausalModel;
  const made: Adapter[] = [];

  beforeAll(async () => {
    await startEngine();
    model = loadToy("qwen2");
  });
  afterAll(() => {
    for (const one of made) one.free();
    model.free();
    expect(liveTensors()).toBe(0);
  });

  const kept = (adapter: Adapter): Adapter => {
    made.push(adapter);
    return adapter;
  };
  /** Twice an adapter's matrices, in another order, so that no two adapters are alike. */
  const turned = (adapter: Adapter): Adapter => {
    const tensors = adapter.tensors();
    for (const parts of tensors.values()) {
      for (const [name, tensor] of Object.entries(parts)) if (tensor !== undefined && name !== "threshold") tensor.data.reverse();
    }
    const { modules } = adapter;
    adapter.free();
    return new Adapter(modules, tensors, model.projections);
  };
  const pairs: Readonly<Record<string, () => readonly [Adapter, Adapter]>> = {
    stan: () => [toyStan(model, ["v_proj", "o_proj"]), turned(toyStan(model, ["v_proj", "o_proj"], { numLatents: 9, k: 3, alpha: 50 }))],
    "stan abs": () => [toyStan(model, ["v_proj"], { selection: "abs" }), turned(toyStan(model, ["v_proj"], { selection: "abs", k: 4 }))],
    "stan relu": () => [toyStan(model, ["v_proj"], { selection: "relu" }), turned(toyStan(model, ["v_proj"], { selection: "relu", k: 4 }))],
    batchtopk: () => [toyBatchTopK(model, ["v_proj"]), toyBatchTopK(model, ["v_proj"], { numLatents: 11, k: 3 })],
    lora: () => [toyLora(model, ["v_proj", "o_proj"]), turned(toyLora(model, ["v_proj", "down_proj"], 3))],
    rslora: () => [toyLora(model, ["v_proj"], 4, { useRslora: true }), turned(toyLora(model, ["v_proj"], 3))],
  };
  const weighted = (adapter: Adapter, weight: number): WeightedAdapter => ({
    modules: adapter.modules,
    tensors: adapter.tensors(),
    weight,
  });
  const names = () => model.projections.map(({ module }) => module);
  const merge = (adapters: readonly Adapter[], weights: readonly number[]) =>
    mergeAdapters(
      adapters.map((adapter, at) => weighted(adapter, weights[at] ?? 1)),
      names(),
    );
  /** Inputs of one module. */
  const inputs = (dIn: number, tokens = 6) => Float32Array.from({ length: tokens * dIn }, () => random.nextNormal());
  const random = new Random(5);
  const products = wholeRows({});
  const updateAt = (adapter: Adapter, module: string, x: Float32Array, dIn: number): Float32Array | undefined => {
    const attached = adapter.at(module);
    if (attached === undefined) return undefined;
    return tidy(() => {
      const input = fromValues(x, [x.length / dIn, dIn]);
      return readFloats(updateOf(attached, attached.read(input, products), products));
    });
  };

  it.each(["stan", "stan abs", "stan relu", "batchtopk", "lora", "rslora"])(
    "of %s writes the weighted sum of both updates, to 1e-6",
    (name) => {
      const [one, other] = (pairs[name]?.() ?? []).map(kept);
      if (one === undefined || other === undefined) throw new Error("two adapters");
      const merged = merge([one, other], [0.75, -2]);
      const together = kept(new Adapter(merged.modules, merged.tensors, model.projections));
      const adapted = names().filter((module) => one.at(module) !== undefined || other.at(module) !== undefined);
      expect(merged.modules.map(({ module }) => module)).toEqual(adapted);
      for (const { module, dIn, scaling } of merged.modules) {
        expect(scaling).toBe(1);
        const x = inputs(dIn);
        const [first, second] = [updateAt(one, module, x, dIn), updateAt(other, module, x, dIn)];
        const update = updateAt(together, module, x, dIn) ?? new Float32Array(0);
        const size = Math.max(...update.map(Math.abs));
        expect(size).toBeGreaterThan(0.01);
        for (const [at, value] of update.entries())
          expect(Math.abs(value - (0.75 * (first?.[at] ?? 0) - 2 * (second?.[at] ?? 0)))).toBeLessThan(1e-6 * Math.max(1, size));
      }
    },
  );

  it.each(["stan", "batchtopk", "lora"])("of %s is the same adapter after it is written and read", (name) => {
    const pair = (pairs[name]?.() ?? []).map(kept);
    const merged = merge(pair, [1, 0.5]);
    const settings = {
      stan: { method: "stan", numLatents: 13, k: 2, alpha: 120, selection: "signed", init: "small" },
      batchtopk: { method: "stan", numLatents: 13, k: 2, alpha: 120, selection: "signed", init: "small", sparsity: "batchtopk" },
      lora: { method: "lora", rank: 5, alpha: 40 },
    } as const;
    const targets = { modules: ["v_proj", "o_proj"], layers: null };
    const own = settings[name as keyof typeof settings];
    const file = toAdapterConfigFile({ ...own, targets }, { baseModel: null, revision: null, fanInFanOut: false });
    const folder = `${temporaryFolder()}/adapter`;
    const config = mergedConfig(file, new Map(merged.modules.map((module) => [module.module, module])), names());
    writeAdapter(folder, { config, tensors: new Map(merged.tensors) });
    const stored = readAdapter(folder, new Map(model.projections.map(({ module, dIn, dOut }) => [module, { dIn, dOut }])));
    const read = kept(adapterOf(stored, model.projections));
    const batch = padRows(toyRows());
    const together = kept(new Adapter(merged.modules, merged.tensors, model.projections));
    expect(model.tokenLosses(batch, adapterHooks(read))).toEqual(model.tokenLosses(batch, adapterHooks(together)));
    expect(model.tokenLosses(batch, adapterHooks(read))).not.toEqual(model.tokenLosses(batch));
    // Only where all modules are the first's can its targets stand for them.
    expect(config.target_modules).toEqual(name === "stan" ? ["v_proj", "o_proj"] : merged.modules.map(({ module }) => module));
  });

  it("of STAN lets edits of the selection work in the latent's own part, decodes as it reads, and loses latents when they are baked out", () => {
    const pair = [toyStan(model, ["v_proj"]), turned(toyStan(model, ["v_proj"], { numLatents: 9, k: 3, alpha: 50 }))].map(kept);
    const merged = merge(pair, [1, 1]);
    const together = kept(new Adapter(merged.modules, merged.tensors, model.projections));
    const [module] = merged.modules;
    const attached = module && together.at(module.module);
    const parts = module && pair.map((one) => one.at(module.module));
    if (module === undefined || attached?.selection === undefined) throw new Error("a module with a selection");
    const tokens = 4;
    const x = inputs(module.dIn, tokens);
    const read = (one: typeof attached) => tidy(() => onHost(one.read(fromValues(x, [tokens, module.dIn]), products)));
    const before = read(attached);
    expect(before.width).toBe(5);
    const token = tokenOf(before, 2);
    const [masked = 0] = token.indices;
    const forced = Array.from({ length: 9 }, (_, at) => 13 + at).find((index) => !token.indices.includes(index)) ?? 0;
    const ruling = { masked: new Set([masked]), forced: [forced] };
    const reselect = (one: typeof attached, own: typeof ruling) =>
      tidy(() => {
        const selection = one.selection;
        if (selection === undefined) throw new Error("a selection");
        return selection.reselect(selection.preActivations(fromValues(x, [tokens, module.dIn]), products), read(one), new Map([[2, own]]));
      });
    const [first, second] = parts ?? [];
    if (first === undefined || second === undefined) throw new Error("both adapt the module");
    const changed = reselect(attached, ruling).get(2);
    const apart = [
      reselect(first, { masked: new Set([masked]), forced: [] }).get(2),
      reselect(second, { masked: new Set(), forced: [forced - 13] }).get(2),
    ];
    expect([...(changed?.indices ?? [])]).toEqual([
      ...(apart[0]?.indices ?? []),
      ...[...(apart[1]?.indices ?? [])].map((index) => index + 13),
    ]);
    const stepped = tidy(() => {
      const base = fromValues(new Float32Array(tokens * module.dOut), [tokens, module.dOut]);
      return readFloats(attached.step(fromValues(x, [tokens, module.dIn]), base, "float32", { from: 0, to: tokens }));
    });
    expect(stepped).toEqual(updateAt(together, module.module, x, module.dIn));
    const edits = [2, 14, 15].map(
      (index) => ({ operation: "ablatePre", latent: { module: module.module, index }, isOn: true, scope: "all" }) as const,
    );
    const baked = bakeEdits(merged.modules, merged.tensors, edits);
    expect(baked.modules[0]).toMatchObject({
      numLatents: 19,
      parts: [
        { numLatents: 12, k: 2 },
        { numLatents: 7, k: 3 },
      ],
    });
    const batch = padRows(toyRows());
    const narrower = kept(new Adapter(baked.modules, baked.tensors, model.projections));
    const [losses, wanted] = [adapterHooks(narrower), adapterHooks(together, { edits })].map((hooks) => model.tokenLosses(batch, hooks));
    losses?.forEach((loss, at) => {
      if (!Number.isNaN(loss)) expect(loss).toBeCloseTo(wanted?.[at] ?? Number.NaN, 5);
    });
  });

  it("refuses what no adapter of one method can hold", () => {
    const [stan, lora] = [kept(toyStan(model, ["v_proj"])), kept(toyLora(model, ["v_proj"]))];
    const all =
      (...adapters: Adapter[]) =>
      () =>
        merge(adapters, [1, 1]);
    expect(all(stan, lora)).toThrow("a STAN and a LoRA adapter cannot be merged");
    expect(all(stan)).toThrow("merging takes two adapters or more");
    expect(all(stan, kept(toyStan(model, ["v_proj"], { selection: "abs" })))).toThrow('selected by "abs" in one adapter and by "signed"');
    expect(all(stan, kept(toyBatchTopK(model, ["v_proj"])))).toThrow("by TopK in one adapter and by BatchTopK");
    expect(all(lora, kept(toyLora(model, ["v_proj"], 5, { useDora: true })))).toThrow("only plain LoRA is merged");
    expect(all(kept(toyVera(model, ["v_proj"])), kept(toyVera(model, ["v_proj"])))).toThrow("VeRA adapters cannot be merged");
  });

  it("is set beside each adapter alone by the losses of texts", () => {
    const pair = (pairs["stan"]?.() ?? []).map(kept);
    const merged = merge(pair, [1, 1]);
    const together = { name: "merged", adapter: kept(new Adapter(merged.modules, merged.tensors, model.projections)) };
    const rows = toyRows();
    const sets = [
      { name: "all", rows },
      { name: "long", rows: rows.filter(({ ids }) => ids.length > 6) },
    ];
    const arms = pair.map((adapter, at) => ({ name: `adapter ${at}`, adapter }));
    const { result } = finish(interference(model, sets, arms, together));
    expect(result.map(({ texts, arm }) => `${texts} ${arm}`)).toEqual(
      ["all", "long"].flatMap((set) => ["base", "adapter 0", "adapter 1", "merged"].map((arm) => `${set} ${arm}`)),
    );
    const [base, first, , last] = result;
    expect(base?.change.mean).toBe(0);
    expect((first?.change.mean ?? 0) + (first?.merged?.mean ?? 0)).toBeCloseTo(last?.change.mean ?? Number.NaN, 10);
    expect(first?.change.count).toBe(10);
  });
});
