import { z } from "zod";
import { trainingData } from "./run-config";

/** What is said of a run that was trained elsewhere, beside its files. */
export const importRunSettings = z.object({
  /** An installed model; absent, the one whose name is that of the adapter's `base_model_name_or_path`. */
  modelId: z.string().min(1).optional(),
  /** Absent, the folder's name. */
  name: z.string().min(1).max(120).optional(),
  /**
   * Of an adapter over an encoder: its classes in the order of the head's scores, as the label column of data writes them. Absent, those of
   * `labels.json` or `config.json` beside the adapter, of the base model's own `config.json`, or their numbers.
   */
  labels: z.array(z.string().min(1)).min(2).optional(),
  /** Rows to collect statistics and to measure edits on; what the run was trained on is not known here. */
  data: trainingData.options[0].nullable().default(null),
});
export type ImportRunSettings = z.infer<typeof importRunSettings>;

/** A folder on the server's disk: an adapter in PEFT layout, or the output folder of a trainer. */
export const importRunRequest = importRunSettings.extend({ path: z.string().min(1) });
export type ImportRunInput = z.input<typeof importRunRequest>;

/** What is known of a run's training elsewhere; what its files do not say is null. */
export const importedRecord = z.object({
  /** The folder or archive as it was named. */
  source: z.string(),
  /** As the adapter's file names its base model. */
  baseModelName: z.string().nullable(),
  peftVersion: z.string().nullable(),
  /** Files that the curves were read from. */
  curveFiles: z.array(z.string()),
  epochs: z.number().nullable(),
  maxSteps: z.int().nullable(),
  trainingSeconds: z.number().nullable(),
  /** Evaluation losses as the trainer logged them, on rows that are not known here. */
  evaluations: z.array(z.object({ step: z.int(), loss: z.number() })),
  /** Hyperparameters as the trainer's model card states them, by its own names. */
  stated: z.record(z.string(), z.string()),
});
export type ImportedRecord = z.infer<typeof importedRecord>;
