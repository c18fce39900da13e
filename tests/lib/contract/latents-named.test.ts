import { expect, it } from "vitest";
import { latentsNamed } from "@/lib/contract/latents-named";

const module = (name: string, layer: number, projection: string) => ({
  name,
  layer,
  projection,
  numLatents: 8,
  dead: 0,
  alwaysOn: 0,
  colourMax: 1,
  updateNorm: null,
  frozenNorm: null,
  updateRange: null,
  meanAbsAttribution: null,
});
const modules = [
  module("model.layers.1.self_attn.v_proj", 1, "v_proj"),
  module("model.layers.2.self_attn.v_proj", 2, "v_proj"),
  module("model.layers.2.self_attn.q_proj", 2, "q_proj"),
];

it.each([
  ["L2 v_proj #7", [["model.layers.2.self_attn.v_proj", 7]]],
  ["2 v_proj 7", [["model.layers.2.self_attn.v_proj", 7]]],
  [
    "v_proj 7",
    [
      ["model.layers.1.self_attn.v_proj", 7],
      ["model.layers.2.self_attn.v_proj", 7],
    ],
  ],
  ["layers.2.self_attn.q_proj 0", [["model.layers.2.self_attn.q_proj", 0]]],
  [
    "L2 #7",
    [
      ["model.layers.2.self_attn.v_proj", 7],
      ["model.layers.2.self_attn.q_proj", 7],
    ],
  ],
  ["2 7", []],
  ["2 v_proj 8", []],
  [" of", []],
  ["chapter 7", []],
])("finds the latents that %j may name", (text, found) => {
  expect(latentsNamed(text, modules).map(({ module: name, index }) => [name, index])).toEqual(found);
});

it("takes a bare number for a latent where there is one module to be meant", () => {
  const one = modules.slice(2);
  expect(latentsNamed("7", one)).toEqual([{ module: "model.layers.2.self_attn.q_proj", index: 7 }]);
  expect(latentsNamed("8", one)).toEqual([]);
  expect(latentsNamed("7", modules)).toEqual([]);
});
