import { z } from "zod";
import { latentRef } from "./edit";
import { conceptProbes } from "./probing";
import { jobSummary } from "./run";

/** Most concepts of one detection, and most positives, negatives and hard negatives of each that are read; both ours. On the command line there is no limit. */
export const mostConcepts = 100;
export const mostRowsOfKind = 250;

/** `POST /api/runs/{run}/detections` */
export const startDetectionRequest = z.object({
  dataSetId: z.string().min(1).max(100),
  /** A column of which each value is a concept, with all other rows as its negatives. Without it the dataset names concepts itself. */
  by: z.string().min(1).max(200).nullable().default(null),
  /** Whether sparse probes are trained too. */
  probe: z.boolean().default(false),
  /** Draws the halves of each concept's rows, and the intervals. */
  seed: z.int().min(0).default(0),
});
export type StartDetectionInput = z.input<typeof startDetectionRequest>;
export type StartDetectionRequest = z.infer<typeof startDetectionRequest>;

const bounds = z.tuple([z.number(), z.number()]).readonly();
const ranking = z.object({ auroc: z.number(), averagePrecision: z.number() }).readonly();

/** A latent by its highest activation in a row; with sign −1 a rank component by its lowest. */
const detector = z.object({ latent: latentRef, sign: z.literal([1, -1]) });

/** One concept, and the latents that detect it best. */
export const detectedConcept = z.object({
  name: z.string(),
  rows: z.object({ positives: z.int(), negatives: z.int(), hardNegatives: z.int() }),
  /** Chosen on one half of the rows (`selection`), measured on the other (`report`); null where no latent is active in a positive row. */
  chosen: detector
    .extend({ selection: ranking, report: ranking, interval: z.object({ auroc: bounds, averagePrecision: bounds }).readonly() })
    .nullable(),
  /** Over all rows, by AUROC. These are the rows that made them first, so their numbers are too high. */
  top: z.array(
    detector.extend({
      ranking,
      /** Against the hard negatives alone; null where there are none. */
      hard: ranking.nullable(),
      /** Rows in which it is active. */
      active: z.object({ positives: z.int(), negatives: z.int() }),
    }),
  ),
});
export type DetectedConcept = z.infer<typeof detectedConcept>;

/** What a detection says of one latent as the detector of a concept. */
export const latentConcept = z.object({
  detectionId: z.string(),
  /** As the dataset was called. */
  dataName: z.string(),
  concept: z.string(),
  rows: detectedConcept.shape.rows,
  sign: detector.shape.sign,
  /** Over all rows, where it is among the concept's best: they are the rows that made it one. */
  ranking: ranking.nullable(),
  /** On the half of the rows that did not choose it, where it is the concept's best on the other half. */
  report: z.object({ auroc: z.number(), interval: bounds }).readonly().nullable(),
});
export type LatentConcept = z.infer<typeof latentConcept>;

export const detectionSummary = z.object({
  id: z.string(),
  runId: z.string(),
  /** As the dataset was called. */
  dataName: z.string(),
  request: startDetectionRequest.required(),
  createdAt: z.string(),
  task: jobSummary.nullable(),
});
export type DetectionSummary = z.infer<typeof detectionSummary>;
export const detectionList = z.object({ detections: z.array(detectionSummary) });
/** With what was found; null until the job ends. */
export const detectionDetail = detectionSummary.extend({
  concepts: z.array(detectedConcept).nullable(),
  /** In the order of the concepts; null also where no probes were asked for. */
  probes: z.array(conceptProbes).nullable(),
});
export type DetectionDetail = z.infer<typeof detectionDetail>;
