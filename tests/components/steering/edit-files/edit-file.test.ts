import { describe, expect, it } from "vitest";
import { readEditFile, writeEditFile } from "@/components/steering/edit-files/edit-file";
import { moduleOfSource } from "@/components/steering/edit-files/neuronpedia-edits";
import type { Edit } from "@/lib/contract/edit";
import { sourceIdsOf } from "@/server/interop/source-ids";

const module = (name: string, layer: number, projection: string) => ({
  name,
  layer,
  projection,
  numLatents: 7,
  dead: 0,
  alwaysOn: 0,
  colourMax: 1,
  updateNorm: null,
  frozenNorm: null,
  updateRange: null,
  meanAbsAttribution: null,
});
const vProj = module("model.layers.2.self_attn.v_proj", 2, "v_proj");
const modules = [
  module("model.layers.1.self_attn.v_proj", 1, "v_proj"),
  vProj,
  module("model.layers.2.mlp.up_proj", 2, "up_proj"),
  module("model.layers.2.other.up_proj", 2, "up_proj"),
];
const home = { modules, method: "stan" as const };
const edits: Edit[] = [
  { operation: "clamp", latent: { module: vProj.name, index: 3 }, value: 0.5, isOn: true, scope: "generated", skipsSpecialTokens: true },
  { operation: "adapterOff", isOn: false, scope: { from: 2, to: 5 } },
];
const opened = { kind: "opened", name: undefined, edits, unplaced: [], isNeuronpedia: false };

describe("a file of edits", () => {
  it("opens as it was written, with its name", () => {
    expect(readEditFile(writeEditFile({ run: "r", name: "quiet", edits }), home)).toEqual({ ...opened, name: "quiet" });
    expect(JSON.parse(writeEditFile({ run: "r", edits }))).toEqual({ format: "stanscope-edits", version: 1, run: "r", edits });
  });

  it("may be a bare list, with what has defaults left out", () => {
    expect(readEditFile(JSON.stringify(edits), home)).toEqual(opened);
    expect(readEditFile('[{"operation":"adapterOff"}]', home)).toMatchObject({
      edits: [{ operation: "adapterOff", isOn: true, scope: "all" }],
    });
  });

  it.each([
    ['[{"operation":"adapterOff"},{"operation":"scale","latent":{"module":"m","index":1}}]', /^\[1\]\.value: /],
    ['[{"operation":"boost"}]', /^\[0\]\.operation: /],
    ['{"format":"stanscope-edits","version":2,"edits":[]}', /^version: /],
    ['{"format":"stanscope-edits","version":1,"edits":[{"operation":"moduleOff"}]}', /^edits\[0\]\.module: /],
    ['{"features":[{"layer":"2-stan-v_proj","index":-1,"strength":3}]}', /^features\[0\]\.index: /],
    ['{"features":[{"layer":"2-stan-v_proj","index":1,"strength":"much"}]}', /^features\[0\]\.strength: /],
    ['{"prompt":"a"}', /Expected a list of edits/],
    ["7", /Expected a list of edits/],
    ["{", /^Invalid JSON: /],
  ])("that is none says which field is wrong: %s", (text, reason) => {
    expect(readEditFile(text, home)).toMatchObject({ kind: "refused", reason: expect.stringMatching(reason) });
  });

  it("leaves out what the run does not have, and says why", () => {
    const places = { isOn: true, scope: "all" } as const;
    const file: Edit[] = [
      { operation: "forceIn", latent: { module: vProj.name, index: 3 }, ...places },
      { operation: "isolate", module: vProj.name, indices: [2, 7], ...places },
      { operation: "moduleOff", module: "elsewhere", ...places },
      { operation: "moduleOff", module: vProj.name, onlyIf: { latent: { module: "gone", index: 0 }, above: 1 }, ...places },
      { operation: "moduleOff", module: vProj.name, ...places },
    ];
    const read = readEditFile(JSON.stringify(file), { modules, method: "lora" });
    expect(read).toMatchObject({
      edits: [file[4]],
      unplaced: [
        { what: "Edit 1, forceIn", reason: expect.stringContaining("LoRA") },
        { what: "Edit 2, isolate", reason: expect.stringContaining("latents 0 – 6, not 7") },
        { what: "Edit 3, moduleOff", reason: "This run has no module elsewhere." },
        { what: "Edit 4, moduleOff", reason: "This run has no module gone." },
      ],
    });
  });

  it("leaves out an edit whose condition is computed later", () => {
    const hanging = (module: string, on: string): Edit => ({
      operation: "moduleOff",
      module,
      onlyIf: { latent: { module: on, index: 2 }, above: 1 },
      isOn: true,
      scope: "all",
    });
    const file = [hanging(vProj.name, "model.layers.1.self_attn.v_proj"), hanging("model.layers.1.self_attn.v_proj", vProj.name)];
    expect(readEditFile(JSON.stringify(file), home)).toMatchObject({
      edits: [file[0]],
      unplaced: [{ reason: "Its condition is in L2 v_proj, which is computed after L1 v_proj: choose a latent of an earlier module." }],
    });
  });

  it("is not doubted for modules while none are known", () => {
    expect(readEditFile(JSON.stringify(edits), { modules: [], method: "stan" })).toEqual(opened);
  });
});

describe("what Neuronpedia steers", () => {
  const steer = (feature: object, rest: object = {}) =>
    readEditFile(JSON.stringify({ features: [{ modelId: "x", index: 3, strength: 2, ...feature }], ...rest }), home);

  it("becomes strength times multiplier, added to the activation", () => {
    const add = { operation: "add", latent: { module: vProj.name, index: 3 }, value: 2, isOn: true, scope: "all" };
    expect(steer({ layer: "2-stan-v_proj-c7" })).toMatchObject({ isNeuronpedia: true, edits: [add], unplaced: [] });
    expect(steer({ layer: "2-stan-v_proj", index: "3" }, { strength_multiplier: 4 })).toMatchObject({ edits: [{ ...add, value: 8 }] });
    expect(steer({ layer: "2-stan-v_proj" }, { steer_special_tokens: false })).toMatchObject({ edits: [{ skipsSpecialTokens: true }] });
    expect(steer({ layer: "2-stan-v_proj" }, { steer_special_tokens: true })).toMatchObject({ edits: [add] });
  });

  it("finds every module by the source that an export names it by", () => {
    for (const [place, source] of sourceIdsOf(modules, { method: "stan", id: "run-7" }).entries())
      expect(moduleOfSource(source, home)?.name).toBe(modules[place]?.name);
  });

  it("says what could not be placed and why", () => {
    expect(steer({ layer: "2-res-jb" })).toMatchObject({ edits: [], unplaced: [{ reason: expect.stringContaining("2-stan-v_proj") }] });
    expect(steer({ layer: "5-stan-v_proj" })).toMatchObject({ unplaced: [{ reason: "This run adapts nothing in layer 5." }] });
    expect(steer({ layer: "2-lora-v_proj" })).toMatchObject({ edits: [] });
    // Two modules of the layer go by that name, and neither is named in full.
    expect(steer({ layer: "2-stan-up_proj" })).toMatchObject({ edits: [] });
    expect(steer({ layer: "2-stan-v_proj", index: 7 })).toMatchObject({ unplaced: [{ reason: expect.stringContaining("0 – 6") }] });
    expect(steer({ layer: "all" })).toMatchObject({ unplaced: [{ reason: expect.stringContaining("begin with a number") }] });
  });
});
