import { collectionWith } from "@/tests/support/collection-summary";

const sizes = { numLatents: 7, dead: 1, alwaysOn: 0, colourMax: 4, updateNorm: null, frozenNorm: null, updateRange: null };

/** A finished collection of 7 latents in each of two modules, over two domains. */
export const smallCollection = collectionWith({
  tokens: 110,
  maxTokens: 110,
  contexts: 3,
  domains: [
    { name: "sea", tokens: 55 },
    { name: "land", tokens: 55 },
  ],
  modules: [
    { name: "layers.0.q_proj", layer: 0, projection: "q_proj", meanAbsAttribution: null, ...sizes },
    { name: "layers.1.v_proj", layer: 1, projection: "v_proj", meanAbsAttribution: null, ...sizes },
  ],
  numLatents: 14,
});
