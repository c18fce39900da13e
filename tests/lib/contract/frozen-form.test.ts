import { expect, it } from "vitest";
import { canBeHeld, frozenBytes } from "@/lib/contract/frozen-form";
import { model } from "@/tests/components/new-run/small-model";

it("weights take four bytes each, two in bfloat16, a GGUF file's bytes, or 4.5 bits where they are projections in NF4", () => {
  const projections = [{ name: "q_proj", dIn: 64, dOut: 2 }];
  const large = { ...model, parameters: 1000, numLayers: 3, sizeBytes: 777, projections };
  expect(frozenBytes("float32", large)).toBe(4000);
  expect(frozenBytes("bfloat16", large)).toBe(2000);
  expect(frozenBytes("stored", large)).toBe(777);
  expect(frozenBytes("nf4", large)).toBe(3 * 2 * 36 + 2 * (1000 - 3 * 128));
});

it("projections that only some blocks have are packed as often as there are", () => {
  const projections = [{ name: "down_proj", dIn: 64, dOut: 2, layers: [1] }];
  const large = { ...model, parameters: 1000, numLayers: 3, projections };
  expect(frozenBytes("nf4", large)).toBe(2 * 36 + 2 * (1000 - 128));
});

it("routed experts take four bytes beside packed weights, and embeddings and head two in NF4", () => {
  const projections = [{ name: "q_proj", dIn: 64, dOut: 2 }];
  const large = { ...model, architecture: "mixtral", parameters: 1000, numLayers: 3, vocab: 7, dModel: 10, sizeBytes: 500, projections };
  const experts = 1000 - 3 * 128 - 2 * 70;
  expect(frozenBytes("nf4", large)).toBe(3 * 2 * 36 + 2 * 140 + 4 * experts);
  expect(frozenBytes("stored", large)).toBeCloseTo(500 * (1 - experts / 1000) + 4 * experts, 6);
  expect(frozenBytes("bfloat16", large)).toBe(2000);
});

it("only a GGUF file's weights can stay as in the file", () => {
  expect(canBeHeld("stored", { format: "safetensors" })).toBe(false);
  expect(canBeHeld("stored", { format: "gguf" })).toBe(true);
  expect(canBeHeld("nf4", { format: "safetensors" })).toBe(true);
});
