import { z } from "zod";
import { type addDataSetRequest, dataSetSummary, type previewRequest } from "./data-set";
import type { generateBody } from "./generate";
import { collectionSummary, columnHistogram, type latentQuery } from "./latent";
import { type addModelRequest, modelSummary } from "./model";
import { jobSummary, runSummary, type startRunRequest } from "./run";
import { collectionSettings } from "./run-config";
import { databaseSnapshot } from "./snapshot";

/** What the routes answer with where it is more than one thing. */
export const runList = z.object({ runs: z.array(runSummary), snapshot: databaseSnapshot });
export type RunList = z.infer<typeof runList>;
export const jobList = z.object({ tasks: z.array(jobSummary), snapshot: databaseSnapshot });
export type JobList = z.infer<typeof jobList>;
export const modelList = z.object({ models: z.array(modelSummary) });
export const dataSetList = z.object({ dataSets: z.array(dataSetSummary) });
export const collectionList = z.object({ collections: z.array(collectionSummary) });
export const histogramList = z.object({ histograms: z.array(columnHistogram) });

/** Rows of a data set, every value as text. */
export const dataRows = z.object({
  rows: z.array(z.record(z.string(), z.string())),
  total: z.int(),
  /** Of a dataset of images, each row's image, small: WebP in base64, or why it cannot be read. */
  images: z.array(z.object({ webp: z.string() }).or(z.object({ problem: z.string() }))).optional(),
});
export type DataRows = z.infer<typeof dataRows>;

export const startCollectionRequest = collectionSettings.extend({
  name: z.string().min(1).max(120).optional(),
  /** Start it although its plan exceeds the machine's memory. */
  startAnyway: z.boolean().optional(),
});

/** `POST /api/dictionaries`: imports a dictionary from a file or folder on the server. */
export const importDictionaryRequest = z.object({ path: z.string().min(1), name: z.string().min(1).max(120).optional() });

/** Archives that an adapter's folder downloads as. */
export const adapterFormats = ["tar", "zip"] as const;
export type AdapterFormat = (typeof adapterFormats)[number];

/** Files of a finished collection in other tools' formats. */
export const collectionFormats = ["neuronpedia", "circuitTracer", "delphi"] as const;
export type CollectionFormat = (typeof collectionFormats)[number];

export const demonstrationRequest = z.object({ kind: z.enum(["small", "smollm2"]) });
export type DemonstrationKind = z.infer<typeof demonstrationRequest>["kind"];

/** Requests as a caller writes them, defaults left out. */
export type StartRunInput = z.input<typeof startRunRequest>;
export type StartCollectionInput = z.input<typeof startCollectionRequest>;
export type GenerateInput = z.input<typeof generateBody>;
export type AddModelInput = z.input<typeof addModelRequest>;
export type AddDataSetInput = z.input<typeof addDataSetRequest>;
export type ImportDictionaryInput = z.input<typeof importDictionaryRequest>;
export type PreviewInput = z.input<typeof previewRequest>;
/** Which latents, in which order, without the page. */
export type LatentSelection = Omit<z.input<typeof latentQuery>, "offset" | "limit">;
