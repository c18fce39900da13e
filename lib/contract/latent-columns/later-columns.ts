import { z } from "zod";
import { labelSource } from "@/lib/contract/label";
import type { LatentColumn } from "./latent-column";

/** What a pass does not say: the training run's own record, and what is measured or written after the pass. Null where there is none. */
export const laterColumns = {
  bornAtStep: {
    schema: z.int().nullable(),
    explain: () => "Training step at which it was born; the step at which it died, if it did",
    source: "other",
    type: "integer",
    stored: { column: "born_at_step" },
    packed: "float32",
    files: { csv: 21, parquet: 19, headless: 20 },
    only: "sparse",
    word: "step of birth",
    format: "count",
    unit: "step",
    sort: { place: 140, first: "asc" },
    isFiltered: true,
    table: { place: 140, name: "Born", width: 92, rank: 3 },
  },
  diedAtStep: {
    schema: z.int().nullable(),
    explain: () => "Training step at which it died",
    source: "other",
    type: "integer",
    stored: { column: "died_at_step" },
    files: { csv: 22, parquet: 20, headless: 21 },
  },
  ablation: {
    schema: z
      .object({
        perFiring: z.number(),
        /** Null where it fires in too few rows. */
        halfWidth: z.number().nullable(),
        controlPerFiring: z.number().nullable(),
        controlHalfWidth: z.number().nullable(),
      })
      .nullable(),
    explain: (one) => `Measured change of loss per firing with the ${one} ablated, with its 95 % interval`,
    source: "other",
    word: "Δ loss",
    format: "nats",
    sort: { place: 20, first: "desc" },
    isFiltered: true,
    table: { place: 110, name: "Δ loss", width: 96, rank: 15, shownFor: "both" },
  },
  label: {
    schema: z.object({ text: z.string(), source: labelSource }).nullable(),
    explain: () => "What a person or a language model called it; else, in grey, an automatic label",
    source: "other",
    word: "label",
    sort: { place: 150, first: "asc" },
    table: { place: 160, name: "Label", width: 116, grows: true, rank: 8, shownFor: "both" },
  },
} as const satisfies { readonly [name: string]: LatentColumn };
