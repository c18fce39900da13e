import { expect, it } from "vitest";
import { unpackModule } from "@/components/text/module-reading";
import { packed, reading } from "./readings";

const three = reading("m", 2, {
  indices: [5, 11, 7, 5, 2, 3],
  activations: [0.5, -2, 1.25, 3, 0, 8],
  outputShares: [0.25, 0.75, 0.5, 0.5, 0, 1],
  attributions: [0.125, -0.5, 0, 0, 0, 2],
});

it("unpacks what a worker packed", () => {
  expect(unpackModule(packed(three), 3)).toEqual(three);
});

it("keeps that no backward pass was made", () => {
  expect(unpackModule(packed({ ...three, attributions: null }), 3).attributions).toBeNull();
});

it("refuses arrays of another length than the tokens ask for, by name", () => {
  expect(() => unpackModule(packed(three), 5)).toThrow("indices of m have 6 entries, not 5 tokens × 2");
});
