import { z } from "zod";
import type { LatentColumn } from "./latent-column";
import { tailTokens } from "./tail-tokens";

/** Columns of dense components, in place of firings. Null for sparse latents, and in collections of versions that did not compute them. */
export const denseColumns = {
  weightNorm: {
    schema: z.number().nullable(),
    explain: (one) => `Norm of what the ${one} adds to the weights, scaling × decoder column × encoder row: its only singular value`,
    source: "other",
    type: "real",
    stored: { column: "weight_norm" },
    packed: "float32",
    files: { csv: 33, parquet: 30 },
    only: "dense",
    word: "weight norm",
    format: "number",
    sort: { place: 135, first: "desc" },
    isFiltered: true,
    table: { place: 75, name: "Weight norm", width: 92, rank: 9, shownFor: "components" },
  },
  positiveTail: {
    schema: tailTokens.nullable(),
    explain: () => "Tokens at its largest positive activations, first those most over-represented relative to the corpus",
    source: "other",
    only: "dense",
    table: { place: 152, name: "Positive tail", width: 140, grows: true, rank: 17, shownFor: "components" },
  },
  negativeTail: {
    schema: tailTokens.nullable(),
    explain: () => "Tokens at its largest negative activations, first those most over-represented relative to the corpus",
    source: "other",
    only: "dense",
    table: { place: 154, name: "Negative tail", width: 140, grows: true, rank: 18, shownFor: "components" },
  },
} as const satisfies { readonly [name: string]: LatentColumn };
