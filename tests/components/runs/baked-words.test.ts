import { expect, test } from "vitest";
import { bakedWords } from "@/components/runs/baked-words";
import { editList } from "@/lib/contract/edit";

test("what was baked in is said in words, with its place", () => {
  const latent = { module: "h.0", index: 1234 };
  const edits = editList.parse([
    { operation: "scale", value: -0.5, latent },
    { operation: "ablatePost", latent },
    { operation: "ablatePre", latent },
    { operation: "isolate", module: "h.1", indices: [0, 3] },
    { operation: "moduleOff", module: "h.2" },
    { operation: "scale", value: 2, latent: { module: "model.layers.13.mlp.down_proj", index: 41 } },
    { operation: "moduleOff", module: "bert.encoder.layer.2.attention.self.query" },
  ]);
  expect(edits.map((edit) => Object.values(bakedWords(edit)).join(": "))).toEqual([
    "h.0 #1234: × −0.5",
    "h.0 #1234: set to zero",
    "h.0 #1234: removed; the next latent is selected",
    "h.1: all but 2 latents set to zero",
    "h.2: set to zero",
    "L13 down_proj #41: × 2",
    "L2 query: set to zero",
  ]);
});
