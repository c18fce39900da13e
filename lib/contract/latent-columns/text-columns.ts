import { z } from "zod";
import { countedToken } from "./counted-token";
import type { LatentColumn } from "./latent-column";

/** On what text a latent fires. */
export const textColumns = {
  /** Null when dead or without domains. */
  selectivity: {
    schema: z.number().nullable(),
    explain: (_, { plural }) =>
      `Largest share of firings in one domain, as if all domains had equally many ${plural}; sorted by the lower end of its 95 % interval; n is the number of texts or images in which it fires (of collections made before texts were counted, of firings)`,
    source: "other",
    type: "real",
    stored: { column: "selectivity" },
    packed: "float32",
    files: { csv: 8, parquet: 15, headless: 8 },
    only: "sparse",
    word: "selectivity",
    format: "fraction",
    sort: { place: 50, first: "desc" },
    isFiltered: true,
    table: { place: 120, name: "Selectivity", width: 88, rank: 10, shownFor: "latents" },
  },
  selectivityInterval: {
    schema: z.tuple([z.number(), z.number()]).nullable(),
    explain: () => "Wilson 95 % interval of the selectivity; over images it counts images with a firing, not patches",
    source: "other",
  },
  topDomain: {
    schema: z.string().nullable(),
    explain: (one, { plural }) => `Domain in which the ${one} fires most, as if all had equally many ${plural}`,
    source: "other",
    type: "text",
    files: { csv: 9, parquet: 18, headless: 9 },
  },
  domainCounts: { schema: z.array(z.int()), explain: () => "Firings in each domain, in the collection's order", source: "other" },
  topTokens: {
    schema: z.array(countedToken),
    explain: () => "Tokens at which it fires most",
    source: "other",
    only: "sparse",
    table: { place: 150, name: "Top tokens", width: 150, grows: true, rank: 16, shownFor: "latents" },
  },
} as const satisfies { readonly [name: string]: LatentColumn };
