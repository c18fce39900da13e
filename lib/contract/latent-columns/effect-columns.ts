import { z } from "zod";
import type { LatentColumn } from "./latent-column";

/** What a latent writes, by its weights and by a backward pass. */
export const effectColumns = {
  /** ‖D[:, j]‖; null where not known. */
  decoderNorm: {
    schema: z.number().nullable(),
    explain: (one) => `Length of the ${one}’s decoder column`,
    source: "other",
    type: "real",
    stored: { column: "decoder_norm" },
    packed: "float32",
    files: { csv: 16, parquet: 12, headless: 14 },
    word: "decoder norm",
    format: "number",
    sort: { place: 130, first: "desc" },
    isFiltered: true,
    table: { place: 90, name: "Decoder norm", width: 92, rank: 2 },
    isListed: true,
  },
  /** Nats; null when dead on that text or where no backward pass was made. */
  attribution: {
    schema: z.number().nullable(),
    explain: (one, { plural }) =>
      `First-order change of loss if it were ablated: mean of −a·∂L/∂a over the ${plural} at which the ${one} fires`,
    source: "other",
    type: "real",
    stored: { column: "attribution" },
    packed: "float32",
    files: { csv: 17, parquet: 13, headless: 15 },
    word: "attribution",
    format: "nats",
    unit: "nats",
    sort: { place: 30, first: "desc" },
    isFiltered: true,
    table: { place: 100, name: "Attribution", width: 104, rank: 6, shownFor: "both" },
  },
  attributionCount: {
    schema: z.int(),
    explain: () => "Firings that the attribution is a mean of",
    source: "other",
    type: "integer",
    stored: { column: "attribution_count", isKnown: true },
    files: { csv: 18, parquet: 14, headless: 16 },
  },
} as const satisfies { readonly [name: string]: LatentColumn };
