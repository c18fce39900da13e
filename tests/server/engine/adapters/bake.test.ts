import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bakingOf } from "@/lib/contract/baking";
import type { Edit } from "@/lib/contract/edit";
import { latentMethodOf } from "@/lib/contract/methods/methods";
import type { StanTensors } from "@/lib/contract/methods/stan/tensors";
import { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { bakeEdits } from "@/server/engine/adapters/bake";
import type { AdapterTensors } from "@/server/engine/methods/adapter-module";
import type { CausalModel } from "@/server/engine/models/causal-model";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { liveTensors, tidy } from "@/server/engine/tensor/scope";
import { largestDifference, stanSettings } from "@/tests/server/engine/tiny";
import { loadToy, toyBatch } from "@/tests/server/engine/toy";
import { computedCases } from "@/tests/support/methods/methods";
import { seededRandom } from "@/tests/support/seeded-random";
import { randomAdapter } from "./random-adapter";
import { randomEdits } from "./random-edits";

const TARGETS = ["q_proj", "v_proj", "down_proj"];
const V0 = "model.layers.0.self_attn.v_proj";
const D1 = "model.layers.1.mlp.down_proj";
const on = { isOn: true, scope: "all" } as const;

/** All but DoRA, whose norms leave no edit to bake. */
const CASES = computedCases(TARGETS).filter(
  ([, settings]) =>
    bakingOf([{ operation: "moduleOff", module: V0, ...on }], latentMethodOf(settings).bakedForm(settings)).refused.length === 0,
);

describe.each(CASES)("baking edits into %s", (_, settings) => {
  let model: CausalModel;
  let adapter: Adapter;
  let tensors: ReadonlyMap<string, AdapterTensors>;

  beforeAll(async () => {
    await startEngine();
    model = loadToy("llama");
    ({ adapter, tensors } = randomAdapter(model.projections, settings));
  });
  afterAll(() => {
    adapter.free();
    model.free();
    expect(liveTensors()).toBe(0);
  });

  function logitsOf(hooks?: ProjectionHooks): Float32Array {
    return tidy(() => readFloats(model.logits(model.forward(toyBatch(), { hooks, padding: "unread" }).final)));
  }

  function bakedLogits(edits: readonly Edit[]): Float32Array {
    const { modules, tensors: written } = bakeEdits(adapter.modules, tensors, edits);
    const baked = new Adapter(modules, written);
    // What is read back from the engine is what was written, so that it can be stored and loaded.
    expect(baked.tensors()).toEqual(written);
    const logits = logitsOf(adapterHooks(baked));
    baked.free();
    return logits;
  }

  const editedLogits = (edits: readonly Edit[]) => logitsOf(adapterHooks(adapter, { edits }));

  it("gives the edited logits, to the last bit where nothing is rounded", () => {
    const exact: Edit[] = [
      { operation: "scale", latent: { module: V0, index: 1 }, value: 2, ...on },
      { operation: "scale", latent: { module: D1, index: 4 }, value: -0.25, ...on },
      { operation: "moduleOff", module: "model.layers.0.self_attn.q_proj", ...on },
    ];
    expect(bakedLogits(exact)).toEqual(editedLogits(exact));
    expect(largestDifference(editedLogits(exact), editedLogits([]))).toBeGreaterThan(1e-2);
    expect(bakedLogits(adapter.modules.map(({ module }): Edit => ({ operation: "moduleOff", module, ...on })))).toEqual(logitsOf());
    expect(bakedLogits([{ operation: "clamp", latent: { module: V0, index: 1 }, value: 2, isOn: false, scope: "all" }])).toEqual(
      editedLogits([]),
    );
  });

  it("gives the edited logits for lists drawn at random", () => {
    const random = seededRandom(5);
    let changing = 0;
    for (let drawn = 0; drawn < 60; ) {
      const everywhere = randomEdits(adapter.modules, random).map((edit) => ({ ...edit, scope: "all" as const }));
      const edits = [...bakingOf(everywhere, latentMethodOf(settings).bakedForm(settings)).baked];
      if (edits.length === 0) continue;
      drawn++;
      const wanted = editedLogits(edits);
      expect(largestDifference(bakedLogits(edits), wanted), JSON.stringify(edits)).toBeLessThan(1e-5);
      if (largestDifference(wanted, editedLogits([])) > 1e-2) changing++;
    }
    expect(changing).toBeGreaterThan(30);
  });

  it("holds to the order of the list", () => {
    const [one, two] = [0, 3].map((index) => ({ module: D1, index })) as [
      { module: string; index: number },
      { module: string; index: number },
    ];
    const edits: Edit[] = [
      { operation: "scale", latent: one, value: 2, ...on },
      { operation: "isolate", module: D1, indices: [0, 3], ...on },
      { operation: "ablatePost", latent: two, ...on },
      { operation: "scale", latent: two, value: 5, ...on },
      { operation: "scale", latent: one, value: 3, ...on },
    ];
    const written = bakeEdits(adapter.modules, tensors, edits).tensors.get(D1);
    const before = tensors.get(D1);
    const writing = (held: AdapterTensors | undefined) => {
      if (held === undefined) throw new Error("no matrices");
      return latentMethodOf(settings).decoder(held);
    };
    const [rows, columns] = writing(before).shape;
    expect(writing(written).shape).toEqual([rows, columns]);
    expect(Array.from(writing(written).data)).toEqual(
      Array.from(writing(before).data, (value, i) => expect.closeTo(i % columns === 0 ? 6 * value : 0, 5)),
    );
  });

  it("leaves the given matrices as they are, and refuses what is not exact", () => {
    const copy = structuredClone(tensors);
    bakeEdits(adapter.modules, tensors, [{ operation: "scale", latent: { module: V0, index: 1 }, value: 0, ...on }]);
    expect(tensors).toEqual(copy);
    const bakes = (edit: Edit) => () => bakeEdits(adapter.modules, tensors, [edit]);
    expect(bakes({ operation: "clamp", latent: { module: V0, index: 1 }, value: 2, ...on })).toThrow(
      "clamp cannot be baked. A fixed activation",
    );
    expect(bakes({ operation: "scale", latent: { module: V0, index: 1 }, value: 2, isOn: true, scope: "prompt" })).toThrow(
      "some positions",
    );
    expect(bakes({ operation: "scale", latent: { module: V0, index: 99 }, value: 2, ...on })).toThrow("an edit names 99");
    expect(bakes({ operation: "moduleOff", module: "elsewhere", ...on })).toThrow("the adapter's modules are");
  });
});

describe("baking a mask before TopK", () => {
  const settings = stanSettings(TARGETS, { numLatents: 7, k: 3 });
  const mask = (index: number): Edit => ({ operation: "ablatePre", latent: { module: V0, index }, ...on });

  it("takes the latents out of their module, whose others move up", async () => {
    await startEngine();
    const model = loadToy("llama");
    const { adapter, tensors } = randomAdapter(model.projections, settings);
    const { modules, tensors: written } = bakeEdits(adapter.modules, tensors, [mask(1), mask(4)]);
    expect(modules.map(({ numLatents }) => numLatents)).toEqual(adapter.modules.map(({ module }) => (module === V0 ? 5 : 7)));
    const [before, after] = [tensors.get(V0), written.get(V0)] as [StanTensors, StanTensors];
    const encoderRow = ({ E }: StanTensors, index: number) => E.data.subarray(index * E.shape[1], (index + 1) * E.shape[1]);
    const decoderColumn = ({ D }: StanTensors, index: number) => D.data.filter((_, i) => i % D.shape[1] === index);
    for (const [now, was] of [0, 2, 3, 5, 6].entries()) {
      expect(encoderRow(after, now)).toEqual(encoderRow(before, was));
      expect(decoderColumn(after, now)).toEqual(decoderColumn(before, was));
    }
    expect(() => bakeEdits(adapter.modules, tensors, [0, 1, 2, 3, 4, 5, 6].map(mask))).toThrow("all 7 latents");
    adapter.free();
    model.free();
  });
});
