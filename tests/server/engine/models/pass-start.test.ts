import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks } from "@/server/engine/adapters/arms";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { free, liveTensors, tidy } from "@/server/engine/tensor/scope";
import { stanSettings } from "@/tests/server/engine/tiny";
import { loadToy, type ToyName, toyBatch } from "@/tests/server/engine/toy";

describe.each(["llama", "mistral", "phi3", "olmo2", "smollm3", "gpt2", "gpt_neox"] as ToyName[])(
  "a pass of a %s model that begins at a layer",
  (name) => {
    let model: CausalModel;
    let adapter: Adapter;
    const target = { gpt2: "c_attn", gpt_neox: "query_key_value", phi3: "qkv_proj" }[name as string] ?? "q_proj";

    beforeAll(async () => {
      await startEngine();
      model = loadToy(name);
      adapter = Adapter.create(model.projections, stanSettings([target], { numLatents: 7, k: 3, init: "small", alpha: 9 }), 1);
      free(model.forward(toyBatch(), { hooks: adapterHooks(adapter) }));
    });
    afterAll(() => {
      adapter.free();
      model.free();
      expect(liveTensors()).toBe(0);
    });

    it("continues from the states of an earlier pass, bit for bit, and does not free them", () => {
      const batch = toyBatch();
      const hooks = adapterHooks(adapter);
      const live = liveTensors();
      const whole = tidy(() => readFloats(model.forward(batch, { hooks }).final));
      const { final: states } = model.forward(batch, { hooks, lastLayer: 0 });
      const resumed = tidy(() => readFloats(model.forward(batch, { hooks, from: { layer: 1, states } }).final));
      const again = tidy(() => readFloats(model.forward(batch, { hooks, from: { layer: 1, states } }).final));
      expect(resumed).toEqual(whole);
      expect(again).toEqual(whole);
      free(states);
      expect(liveTensors()).toBe(live);
    });

    it("gives the losses that the whole pass gives, from its final states", () => {
      const batch = toyBatch();
      const hooks = adapterHooks(adapter);
      const { final } = model.forward(batch, { hooks, padding: "unread" });
      const losses = model.tokenLossesOf(final, batch);
      free(final);
      expect(losses).toEqual(model.tokenLosses(batch, hooks));
      const { tokenLosses, gradients } = model.lossAndGradients(batch, adapter.trainingHooks(), 1);
      free(gradients);
      losses.forEach((loss, at) => {
        if (Number.isNaN(loss)) expect(tokenLosses[at]).toBeNaN();
        else expect(tokenLosses[at]).toBeCloseTo(loss, 4);
      });
      expect(losses.filter((loss) => !Number.isNaN(loss)).length).toBeGreaterThan(5);
    });

    it("refuses states of another batch, and a layer that the pass does not reach", () => {
      const batch = toyBatch();
      const { final: states } = model.forward(
        { ...batch, rows: 1, ids: batch.ids.slice(0, 7), attentionMask: undefined },
        { lastLayer: 0 },
      );
      expect(() => model.forward(batch, { from: { layer: 1, states } })).toThrow("do not fit 3 rows of 7 tokens");
      expect(() => model.forward(batch, { from: { layer: 2, states } })).toThrow("cannot begin at layer 2 and end with layer 1");
      free(states);
    });
  },
);
