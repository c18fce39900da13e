import { z } from "zod";

/** Latents that sparse probes read: those of SAEBench's default, and 20. */
export const probeSizes = [1, 2, 5, 20] as const;

const bounds = z.tuple([z.number(), z.number()]).readonly();
const probeRows = z.object({ positives: z.int(), negatives: z.int() });

/** A logistic regression, measured on rows that it was not trained on. */
const probe = z.object({
  /** Columns that it was to read; a module with fewer gives all it has. */
  k: z.int(),
  accuracy: z.number(),
  auroc: z.number(),
  interval: z.object({ accuracy: bounds, auroc: bounds }).readonly(),
});
export type Probe = z.infer<typeof probe>;

/** Probes of one concept on the module whose latents do best in folds of the train rows. */
export const conceptProbes = z.object({
  module: z.string(),
  rows: z.object({ train: probeRows, test: probeRows }),
  /** On the k latents whose mean activation differs most over the train rows. */
  latents: z.array(probe.extend({ chosen: z.array(z.object({ index: z.int(), weight: z.number() })) })),
  /** On as many channels of what the module reads in the base model. */
  channels: z.array(probe),
  /** On all of its channels. */
  dense: probe,
  /** Accuracy on the test rows of the train rows' more common class. */
  constant: z.number(),
});
export type ConceptProbes = z.infer<typeof conceptProbes>;

export const probingColumns = "concept,module,probe,k,accuracy,accuracyLow,accuracyHigh,auroc,aurocLow,aurocHigh,latents".split(",");

/** A line for each probe of a concept; latents as `index:weight`, with spaces between them. */
export function probingCells(concept: string, { module, latents, channels, dense, constant }: ConceptProbes): (string | number | null)[][] {
  const line = (kind: string, { k, accuracy, auroc, interval }: Probe) => {
    return [concept, module, kind, k, accuracy, ...interval.accuracy, auroc, ...interval.auroc];
  };
  return [
    ...latents.map((one) => [...line("latents", one), one.chosen.map(({ index, weight }) => `${index}:${weight}`).join(" ")]),
    ...channels.map((one) => [...line("channels", one), null]),
    [...line("dense", dense), null],
    [concept, module, "constant", null, constant, null, null, 0.5, null, null, null],
  ];
}
