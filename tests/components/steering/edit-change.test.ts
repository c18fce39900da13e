import { expect, it } from "vitest";
import { ablationWords, isLatentEdit, newEdit, operationsOf, withOperation } from "@/components/steering/edit-change";
import { latentsNamed } from "@/components/steering/latent-text";

const latent = { module: "m", index: 2 };

it("keeps place, scope and switch when the operation changes, and drops a value that it has not", () => {
  const clamped = { operation: "clamp" as const, latent, value: 3, isOn: false, scope: "prompt" as const };
  expect(withOperation(clamped, "ablatePost", undefined)).toEqual({ operation: "ablatePost", latent, isOn: false, scope: "prompt" });
  expect(withOperation(clamped, "scale", undefined)).toEqual({ operation: "scale", latent, value: 2, isOn: false, scope: "prompt" });
});

it("masks before TopK where there is one: not of LoRA, which keeps all components", () => {
  expect(operationsOf("stan").map(({ value }) => value)).toEqual(["ablatePost", "ablatePre", "scale", "clamp"]);
  expect(operationsOf("lora").map(({ value, label }) => [value, label])).toEqual([
    ["ablatePost", "ablate"],
    ["scale", "scale"],
    ["clamp", "clamp"],
  ]);
  expect(ablationWords("ablatePre", "stan")).toContain("the next latent takes the slot");
  expect(ablationWords("ablatePost", "lora")).not.toContain("slot");
});

it("knows an edit of a latent, and keeps no value where it is masked", () => {
  const masked = withOperation({ operation: "scale", latent, value: 2, isOn: true, scope: "all" }, "ablatePre", undefined);
  expect(masked).toEqual({ operation: "ablatePre", latent, isOn: true, scope: "all" });
  expect(isLatentEdit(masked)).toBe(true);
  expect(isLatentEdit({ operation: "adapterOff", isOn: true, scope: "all" })).toBe(false);
});

it("enters a latent as switched off after TopK", () => {
  expect(newEdit(latent)).toEqual({ operation: "ablatePost", latent, isOn: true, scope: "all" });
});

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
  ["2 v_proj 7", [["model.layers.2.self_attn.v_proj", 7]]],
  [
    "v_proj 7",
    [
      ["model.layers.1.self_attn.v_proj", 7],
      ["model.layers.2.self_attn.v_proj", 7],
    ],
  ],
  ["layers.2.self_attn.q_proj 0", [["model.layers.2.self_attn.q_proj", 0]]],
  ["2 v_proj 8", []],
  [" of", []],
  ["chapter 7", []],
])("finds the latents that %j may name", (text, found) => {
  expect(latentsNamed(text, modules).map(({ module: name, index }) => [name, index])).toEqual(found);
});
