import { z } from "zod";
import { previewRequest } from "./data-set";
import { generateRequest } from "./generate";
import { makeImagesRequest } from "./make-images";
import { readPictureRequest } from "./read-picture";
import { readTextRequest } from "./read-text";

export const workerSummary = z.object({
  id: z.string(),
  host: z.string(),
  device: z.string(),
  backend: z.string(),
  version: z.string(),
  isAlive: z.boolean(),
  heartbeatAt: z.string(),
  memoryBytes: z.int(),
  loadedModels: z.array(z.string()),
  doing: z.string().nullable(),
});
export type WorkerSummary = z.infer<typeof workerSummary>;

/** Answer of a worker's own `POST /memory`: of its machine or container; null on a GPU, whose memory it does not know. */
export const workerMemory = z.object({
  totalBytes: z.number().nullable(),
  /** What other programs leave of it: free, or the worker's own. */
  availableBytes: z.number().nullable().default(null),
});
export type WorkerMemory = z.infer<typeof workerMemory>;

export const systemStatus = z.object({
  version: z.string(),
  dataFolder: z.string(),
  workers: z.array(workerSummary),
  /** What a person should know: the slow engine, no worker alive. */
  notices: z.array(z.object({ level: z.enum(["info", "warning"]), message: z.string() })),
  demonstration: z.enum(["absent", "running", "ready", "failed"]),
});
export type SystemStatus = z.infer<typeof systemStatus>;

/** Body of a worker's own `POST /generate`; answered by lines of JSON, one `generateEvent` each. */
export const workerGenerateRequest = z.object({ runId: z.string(), request: generateRequest });

/** Body of a worker's own `POST /text`; answered by lines of JSON, one `textEvent` each. */
export const workerTextRequest = z.object({ runId: z.string(), request: readTextRequest });

/** Body of a worker's own `POST /picture`; answered by lines of JSON, one `textEvent` each. */
export const workerPictureRequest = z.object({ runId: z.string(), request: readPictureRequest });

/** Body of a worker's own `POST /images`; answered by lines of JSON, one `imageEvent` each. */
export const workerImagesRequest = z.object({ runId: z.string(), request: makeImagesRequest });

/** Body of a worker's own `POST /preview`: what was asked, and where model and data lie. */
export const workerPreviewRequest = z.object({
  request: previewRequest,
  modelPath: z.string(),
  dataPath: z.string(),
  /** As in a run's configuration: only rows of these domains, and held-out rows when the data names no split. */
  domains: z.array(z.string()).nullable().default(null),
  validationRows: z.int().min(0).default(128),
});
export type WorkerPreviewRequest = z.infer<typeof workerPreviewRequest>;
