import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { joinRows, type WeightSource } from "@/server/engine/models/weights";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { liveTensors, tidy } from "@/server/engine/tensor/scope";
import { toyBatch, toyConfigs, toyWeights } from "@/tests/server/engine/toy";
import { loadCausalModel } from "@/tests/support/load-causal-model";

const own = toyWeights(toyConfigs.mixtral);

function logitsOf(source: WeightSource): Float32Array {
  const model = loadCausalModel(toyConfigs.mixtral, source);
  const values = tidy(() => readFloats(model.logits(model.forward(toyBatch()).final)));
  model.free();
  return values;
}

/** As published files name them. */
function published(): WeightSource {
  const spelled = (name: string) =>
    name.replace(".mlp.", ".block_sparse_moe.").replace(".gate_proj", ".w1").replace(".up_proj", ".w3").replace(".down_proj", ".w2");
  const names = new Map(own.names().map((name) => [spelled(name), name]));
  const plain = (name: string) => names.get(name) ?? name;
  return { names: () => [...names.keys()], shape: (name) => own.shape(plain(name)), read: (name) => own.read(plain(name)) };
}

/** As the live model has them: one stack of gates and ups, one of downs. */
function stacked(): WeightSource {
  const part = (layer: string, kind: string) => (expert: number) => own.read(`${layer}.mlp.experts.${expert}.${kind}_proj.weight`);
  const experts = [0, 1, 2, 3, 4];
  const stacks = new Map(
    ["model.layers.0", "model.layers.1"].flatMap((layer): [string, { shape: number[]; data: Float32Array }][] => [
      [
        `${layer}.mlp.experts.gate_up_proj`,
        { shape: [5, 28, 10], data: joinRows(experts.flatMap((expert) => [part(layer, "gate")(expert), part(layer, "up")(expert)])) },
      ],
      [`${layer}.mlp.experts.down_proj`, { shape: [5, 10, 14], data: joinRows(experts.map(part(layer, "down"))) }],
    ]),
  );
  return {
    names: () => [...own.names().filter((name) => !name.includes(".experts.")), ...stacks.keys()],
    shape: (name) => stacks.get(name)?.shape ?? own.shape(name),
    read: (name) => stacks.get(name)?.data ?? own.read(name),
  };
}

describe("the weights of experts", () => {
  beforeAll(async () => {
    await startEngine();
  });
  afterEach(() => {
    expect(liveTensors()).toBe(0);
  });

  it.each([
    ["in matrices of their own, as published files name them", published],
    ["in one stack of all, as the live model has them", stacked],
  ])("may lie %s", (_, source) => {
    expect(logitsOf(source())).toEqual(logitsOf(own));
  });

  it("are named one by one where some are missing", () => {
    const missing = "model.layers.1.mlp.experts.3.up_proj.weight";
    expect(() => logitsOf({ ...own, names: () => own.names().filter((name) => name !== missing) })).toThrow(`missing: ${missing}`);
  });
});
