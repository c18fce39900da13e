import { z } from "zod";
import { labelledKinds } from "./tasks/tasks";

/** A text, or two that are read together, with its class or its number: for encoders. */
export const labelledMapping = z.object({
  kind: z.literal("labelled"),
  text: z.string(),
  second: z.string().optional(),
  label: z.string(),
  domain: z.string().optional(),
  split: z.string().optional(),
});

/** A picture with its class or its number: for encoders of pictures, and for models that make pictures of a class. */
export const labelledImageMapping = z.object({
  kind: z.literal("labelledImage"),
  image: z.string(),
  label: z.string(),
  domain: z.string().optional(),
  split: z.string().optional(),
});

/** Of a text with a picture: where the text has no image token, the picture comes before it. For language models that read images. */
const imageColumn = z.string().optional();

/** Which columns of a data set mean what. Columns named here must exist in every row that is used. */
export const columnMapping = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("text"),
    text: z.string(),
    image: imageColumn,
    domain: z.string().optional(),
    split: z.string().optional(),
  }),
  z.object({
    kind: z.literal("promptCompletion"),
    prompt: z.string(),
    completion: z.string(),
    /** Written between the two, without loss; nothing when absent. Not used with a chat template, whose turns separate them. */
    separator: z.string().max(200).optional(),
    image: imageColumn,
    domain: z.string().optional(),
    split: z.string().optional(),
  }),
  z.object({
    kind: z.literal("instruction"),
    instruction: z.string(),
    input: z.string().optional(),
    output: z.string(),
    image: imageColumn,
    domain: z.string().optional(),
    split: z.string().optional(),
  }),
  /** `messages` holds [{role, content}] or sharegpt's [{from, value}]. */
  z.object({ kind: z.literal("messages"), messages: z.string(), domain: z.string().optional(), split: z.string().optional() }),
  labelledMapping,
  labelledImageMapping,
]);
export type ColumnMapping = z.infer<typeof columnMapping>;

/** What the rows are. */
export const rowFormatNames: Readonly<Record<ColumnMapping["kind"], string>> = {
  text: "plain text",
  promptCompletion: "prompt and completion",
  instruction: "instruction, input, output",
  messages: "chat messages",
  labelled: "text or pair, with a label",
  labelledImage: "image, with a label",
};

/** The column of labels, for what has them. */
export function labelColumnOf(mapping: ColumnMapping): string | undefined {
  return mapping.kind === "labelled" || mapping.kind === "labelledImage" ? mapping.label : undefined;
}

/** The column of images, for what has them. */
export function imageColumnOf(mapping: ColumnMapping | null): string | undefined {
  return mapping !== null && "image" in mapping ? mapping.image : undefined;
}

/** Held-out rows fall into two halves by a hash of their text: an experiment chooses settings by one and reports on the other. */
export const heldOutPart = z.enum(["selection", "report"]);
export type HeldOutPart = z.infer<typeof heldOutPart>;

/** A column with more different values than this names no domains. The limit is ours: statistics are kept for each domain. */
export const mostDomains = 200;

export const dataSetSummary = z.object({
  id: z.string(),
  name: z.string(),
  /** Where the rows are read from, on the server's disk. */
  path: z.string(),
  format: z.string(),
  rows: z.int(),
  sizeBytes: z.int(),
  columns: z.array(
    z.object({
      name: z.string(),
      samples: z.array(z.string()),
      /** How many different values there are; null for more than 200, absent in data sets that were added before this was counted. */
      distinct: z.int().nullable().optional(),
    }),
  ),
  mapping: columnMapping.nullable(),
  domains: z.array(z.object({ name: z.string(), rows: z.int() })),
  /** Counts of the split column's values; empty without one. */
  splits: z.array(z.object({ name: z.string(), rows: z.int() })),
  licence: z.string().nullable(),
  createdAt: z.string(),
});
export type DataSetSummary = z.infer<typeof dataSetSummary>;

export const addDataSetRequest = z.object({ name: z.string().min(1).max(120).optional(), path: z.string().min(1) });

export const previewRequest = z.object({
  modelId: z.string(),
  dataSetId: z.string(),
  mapping: columnMapping,
  maxTokens: z.int().min(2).max(131072),
  useChatTemplate: z.boolean().default(false),
  /** What the labels are for; left out where rows have none. */
  task: z.enum(labelledKinds).optional(),
  /** The classes, where they are not those of the training rows. */
  labels: z.array(z.string()).nullish(),
  from: z.int().min(0).default(0),
  count: z.int().min(1).max(50).default(3),
});
export type PreviewRequest = z.infer<typeof previewRequest>;

/** One row as the loss sees it. */
export const previewRow = z.object({
  row: z.int(),
  domain: z.string().nullable(),
  tokens: z.array(z.object({ text: z.string(), id: z.int(), hasLoss: z.boolean() })),
  isTooLong: z.boolean(),
  /** Of a row that an encoder reads: its class or number as it is written. */
  label: z.string().nullish(),
  error: z.string().nullable(),
});
export type PreviewRow = z.infer<typeof previewRow>;

export const preview = z.object({
  rows: z.array(previewRow),
  totalRows: z.int(),
  /** Over all rows; null while not counted. */
  labelTokens: z.int().nullable(),
  tokens: z.int().nullable(),
  rowsWithoutLabels: z.int().nullable(),
  rowsTooLong: z.int().nullable(),
  trainRows: z.int().nullable(),
  validationRows: z.int().nullable(),
  /** Rows of `maxTokens` that packing makes of the training rows, about; it depends a little on their order and on the rows of a step. */
  packedRows: z.int().nullish(),
  /** Of tasks with classes: rows of each class, to train on and held out. */
  classes: z.array(z.object({ label: z.string(), trainRows: z.int(), validationRows: z.int() })).nullish(),
  /** Why a model cannot be trained on these labels. */
  labelProblem: z.string().nullish(),
});
export type Preview = z.infer<typeof preview>;
