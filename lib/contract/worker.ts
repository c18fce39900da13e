import { z } from "zod";

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

export const systemStatus = z.object({
  version: z.string(),
  dataFolder: z.string(),
  workers: z.array(workerSummary),
  /** What a person should know: the slow engine, no worker alive. */
  notices: z.array(z.object({ level: z.enum(["info", "warning"]), message: z.string() })),
  demonstration: z.enum(["absent", "running", "ready", "failed"]),
});
export type SystemStatus = z.infer<typeof systemStatus>;
