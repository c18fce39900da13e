import { z } from "zod";
import { columnMapping, heldOutPart } from "@/lib/contract/data-set";
import { frozenForm } from "@/lib/contract/frozen-form";
import {
  isLatentMethod,
  type LatentMethodName,
  latentSettings,
  type MethodName,
  methodNames,
  methodSettings,
} from "@/lib/contract/methods/methods";
import { runTask } from "@/lib/contract/tasks/tasks";

/** In what products are computed; sums are in float32 in either. */
export const weightPrecision = z.enum(["float32", "bfloat16"]);
export type WeightPrecision = z.infer<typeof weightPrecision>;

const { stan, ...otherLatents } = latentSettings;
const { stan: _, ...others } = methodSettings;

/** What a run trains: an adapter, or one of the baselines without. */
export const adapterConfig = z.discriminatedUnion("method", [stan, ...Object.values(others)]);
export type AdapterConfig = z.infer<typeof adapterConfig>;

/** Those whose update is written by latents, or by rank components read as such. */
export const latentConfig = z.discriminatedUnion("method", [stan, ...Object.values(otherLatents)]);
export type LatentConfig = z.infer<typeof latentConfig>;

export const runMethod = z.enum(methodNames);
export type RunMethod = MethodName;
export type LatentMethod = LatentMethodName;

/** Whether what is trained has latents: to look at, to edit, to collect statistics of. */
export function hasLatents(adapter: AdapterConfig): adapter is LatentConfig {
  return isLatentMethod(adapter.method);
}

/** Text rows of a data set, or rows tokenised beforehand (`input_ids`, `labels`, `attention_mask` in a safetensors file). */
export const trainingData = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("dataSet"),
    /** Id in the application; in headless use `path` alone. */
    dataSetId: z.string().optional(),
    path: z.string().optional(),
    mapping: columnMapping,
    useChatTemplate: z.boolean().default(false),
    /** Only rows of these domains; all when null. */
    domains: z.array(z.string()).nullable().default(null),
    /** Held-out rows when the data names no split. */
    validationRows: z.int().min(0).default(128),
    /** Which half of the held-out rows it is evaluated on; absent, all of them. An experiment chooses by one and reports on the other. */
    heldOutPart: heldOutPart.optional(),
    /**
     * Where runs trained on several sets of domains are measured on all of them: rows are held out of all of these, whatever `domains` says, so that
     * none is trained on what another is measured on; null is all domains. Absent, they are held out of `domains`.
     */
    heldOutOf: z.array(z.string()).nullable().optional(),
    /** Domains of the held-out rows that it is evaluated on; null is all of `heldOutOf`. Absent, those of `domains`. */
    evaluatedDomains: z.array(z.string()).nullable().optional(),
  }),
  z.object({ kind: z.literal("tokenRows"), path: z.string(), validationPath: z.string().optional() }),
]);

/** Tokens kept of a row where nothing else is said. */
export const defaultRowTokens = 128;

export const trainingSettings = z.object({
  steps: z.int32().min(1),
  /** Rows per optimizer step. */
  batchRows: z.int().min(1).default(8),
  /** Rows per forward pass; the step's loss does not depend on it, except that STAN with BatchTopK selects latents over these rows. */
  microBatchRows: z.int().min(1).nullable().default(null),
  /**
   * Gradient checkpointing: the backward pass computes each block again from its input instead of keeping what it saved. The same numbers in less memory,
   * for one more forward pass a step. Off when absent, our choice: what fits is trained faster without.
   */
  recomputeBlocks: z.boolean().optional(),
  /**
   * Fills each row of a step with several rows of the data, up to `maxTokens`, masked from each other and each with its own positions, so that losses stay
   * the same. A step then takes the next rows as long as they fit. Off when absent, our choice: it makes steps larger.
   */
  packing: z.boolean().optional(),
  maxTokens: z.int().min(2).default(defaultRowTokens),
  learningRate: z.number().min(0),
  schedule: z.enum(["cosine", "linear", "constant"]).default("cosine"),
  warmupFraction: z.number().min(0).max(1).default(0.06),
  beta1: z.number().default(0.9),
  beta2: z.number().default(0.999),
  epsilon: z.number().default(1e-8),
  weightDecay: z.number().min(0).default(0),
  /** Largest global gradient norm; null does not clip. */
  clipNorm: z.number().positive().nullable().default(1),
  shuffle: z.boolean().default(true),
  seed: z.int32().default(0),
  /** Steps between evaluations on held-out rows; 0 evaluates at the end alone. */
  evaluateEvery: z.int().min(0).default(50),
  evaluationRows: z.int().min(0).default(128),
  /** Steps between checkpoints. */
  checkpointEvery: z.int().min(1).default(50),
});
export type TrainingSettings = z.infer<typeof trainingSettings>;

/** A statistics pass that follows the training; null collects none. */
export const collectionSettings = z.object({
  /** Counted tokens at which the pass ends. */
  maxTokens: z.int().min(1).default(200_000),
  split: z.enum(["validation", "train", "all"]).default("all"),
  dataSetId: z.string().optional(),
  /** Columns of the data; by default the run's own, and where another data set lacks these, those recognised in it. */
  mapping: columnMapping.optional(),
  /** Tokens kept of a row; by default as many as the run's training kept. */
  rowTokens: z.int().min(2).max(131_072).optional(),
  batchRows: z.int().min(1).default(8),
  /** Counted tokens a shard: what a worker takes at a time, and what is lost when it is killed. */
  shardTokens: z.int().min(1000).default(131_072),
  /** Whether positions of special tokens (the first token of a text, say) are counted. */
  countSpecialTokens: z.boolean().default(true),
  /** Held-out rows of the backward pass that attribution comes from; 0 makes none. */
  attributionRows: z.int().min(0).default(96),
  /** Latents whose ablation is measured when the pass is done: the first by attribution summed over firings; 0 measures none. */
  measuredLatents: z.int().min(0).max(256).default(0),
});

export type CollectionSettings = z.infer<typeof collectionSettings>;

/** The whole of a run, immutable once it is started. The same object is the headless `train --config`. */
export const runConfig = z.object({
  /** Id in the application; a folder or .gguf file in headless use. */
  model: z.string().min(1),
  /** How frozen weights are held and multiplied; named in the run's record. */
  frozenDtype: frozenForm.default("float32"),
  /** Absent, it is a language model. */
  task: runTask.optional(),
  data: trainingData,
  adapter: adapterConfig,
  training: trainingSettings,
  /** Folder of an adapter in PEFT layout whose matrices the run starts from. */
  initAdapter: z.string().optional(),
  collection: collectionSettings.nullable().default(null),
});
export type RunConfig = z.infer<typeof runConfig>;

/** As it is stored: of a run that was trained elsewhere, how and on what is not known. */
export const storedRunConfig = runConfig.extend({ data: trainingData.nullable(), training: trainingSettings.nullable() });
export type StoredRunConfig = z.infer<typeof storedRunConfig>;

/** Whether all is known that a training needs: the run was not trained elsewhere. */
export function isWhole(config: StoredRunConfig): config is RunConfig {
  return config.data !== null && config.training !== null;
}

/** Tokens kept of a row when a run's data is read again. */
export function rowTokens({ training }: StoredRunConfig): number {
  return training?.maxTokens ?? defaultRowTokens;
}

/** Whether a run learns from images. */
export function isOfImages({ data }: Pick<StoredRunConfig, "data">): boolean {
  return data?.kind === "dataSet" && data.mapping.kind === "labelledImage";
}

/** As a person writes it, defaults left out. */
export type RunConfigInput = z.input<typeof runConfig>;
