import { z } from "zod";
import type { LatentColumn } from "./latent-column";

/** Which latent a row is of. */
export const placeColumns = {
  module: {
    schema: z.string(),
    explain: () => "Adapted module",
    source: "other",
    type: "text",
    word: "module",
    sort: { place: 160, first: "asc" },
    files: { csv: 0, parquet: 0, headless: 0 },
  },
  layer: { schema: z.int(), explain: () => "Layer of the module", source: "other", type: "integer", files: { csv: 11, parquet: 1 } },
  projection: {
    schema: z.string(),
    explain: () => "Projection of the module",
    source: "other",
    type: "text",
    files: { csv: 12, parquet: 2 },
  },
  index: {
    schema: z.int(),
    explain: (one) => `Index of the ${one} in its module`,
    source: "other",
    type: "integer",
    packed: "int32",
    word: "index",
    sort: { place: 170, first: "asc" },
    files: { csv: 1, parquet: 3, headless: 1 },
  },
} as const satisfies { readonly [name: string]: LatentColumn };
