import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks } from "@/server/engine/adapters/arms";
import type { AdapterSettings } from "@/server/engine/methods/adapter-module";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { startEngine } from "@/server/engine/tensor/backend";
import { loadToy } from "@/tests/server/engine/toy";
import { randomAdapter } from "./random-adapter";

const MODULE = "model.layers.0.self_attn.q_proj";
const targets = { modules: ["q_proj"], layers: null };
const pass = { rows: 1, tokens: 1, positions: Int32Array.of(3), promptLengths: Int32Array.of(2) };

const METHODS: readonly (readonly [string, AdapterSettings])[] = [
  ["STAN", { method: "stan", numLatents: 8, k: 2, alpha: 1, selection: "signed", init: "small", targets }],
  ["LoRA", { method: "lora", rank: 2, alpha: 4, targets }],
];

describe.each(METHODS)("the updates of steps, of %s", (_, settings) => {
  let model: CausalModel;
  let adapter: Adapter;

  beforeAll(async () => {
    await startEngine();
    model = loadToy("llama");
    ({ adapter } = randomAdapter(model.projections, settings));
  });

  afterAll(() => {
    adapter.free();
    model.free();
  });

  it("are one list while the matrices are the same, and another one after an update let go of them", () => {
    const hook = adapterHooks(adapter).at(MODULE);
    const first = hook?.inStep?.(pass);
    expect(first).toHaveLength(1);
    expect(hook?.inStep?.(pass)).toBe(first);
    adapter.release();
    const second = hook?.inStep?.(pass);
    expect(second?.[0]?.weights).not.toBe(first?.[0]?.weights);
    expect(hook?.inStep?.(pass)).toBe(second);
  });
});
