import { z } from "zod";
import { modelKindOf } from "./architectures/model-kind";
import { hubId } from "./hub";

const gridSize = z.object({ height: z.int(), width: z.int() });

/** An image is resized, its middle is cut out, and its values, from 0 to 1, are normalised by channel; a step that is null is left out. */
export const imageInput = z.object({
  resize: z.union([gridSize, z.object({ shortestEdge: z.int() })]).nullable(),
  filter: z.string().nullable(),
  /** As the model reads it. */
  size: gridSize,
  patch: gridSize,
  channels: z.int(),
  mean: z.array(z.number()).nullable(),
  std: z.array(z.number()).nullable(),
  /** Of a diffusion model: the first name of each class, or its number, and at how many time steps it removes noise. */
  denoises: z.object({ classes: z.array(z.string()), numTimesteps: z.int() }).optional(),
  /** Of a model that continues texts with images: how many tokens of a prompt each takes. Absent where images are all that a model reads. */
  tokensInPrompt: z.int().optional(),
});
export type ImageInput = z.infer<typeof imageInput>;

export const modelSummary = z.object({
  id: z.string(),
  name: z.string(),
  architecture: z.string(),
  format: z.enum(["safetensors", "gguf"]),
  path: z.string(),
  /** Hub revision or content hash. */
  revision: z.string(),
  parameters: z.int(),
  sizeBytes: z.int(),
  numLayers: z.int(),
  dModel: z.int(),
  /** Heads of queries; null or absent where they were not noted. */
  heads: z.int().nullable().optional(),
  /** Entries of the vocabulary; 0 of a model that reads images. */
  vocab: z.int(),
  /** Most tokens of a row; of a model that reads images, those of every image. */
  contextLength: z.int(),
  hasChatTemplate: z.boolean(),
  /** Adaptable projections of a block by the last part of their names, or by their places in it where several share that; with their widths. */
  projections: z.array(
    z.object({
      name: z.string(),
      dIn: z.int(),
      dOut: z.int(),
      hasBias: z.boolean().optional(),
      /** The blocks that have it, where not all do. */
      layers: z.array(z.int()).optional(),
    }),
  ),
  /** Whether an encoder reads its first token through a dense layer that is a projection too. It and `hasBias` are absent where they were not noted. */
  hasPooler: z.boolean().optional(),
  defaultTargets: z.array(z.string()),
  /** How images become the input of a model that reads them; null or absent for one of texts. */
  images: imageInput.nullable().optional(),
  createdAt: z.string(),
});
export type ModelSummary = z.infer<typeof modelSummary>;

/** How many of the chosen layers (null: of all) have a projection. */
export function timesIn(
  { layers }: ModelSummary["projections"][number],
  { numLayers }: Pick<ModelSummary, "numLayers">,
  chosen: readonly number[] | null,
): number {
  if (chosen === null) return layers?.length ?? numLayers;
  return chosen.filter((layer) => (layers === undefined ? layer < numLayers : layers.includes(layer))).length;
}

/** Whether a model reads a whole text or image and classifies it, instead of continuing a text. */
export function isEncoder({ architecture }: Pick<ModelSummary, "architecture">): boolean {
  const kind = modelKindOf(architecture);
  return kind === "encoder" || kind === "imageEncoder";
}

/** Whether a model denoises images. */
export function isDiffusion({ architecture }: Pick<ModelSummary, "architecture">): boolean {
  return modelKindOf(architecture) === "diffusion";
}

/** Whether a model reads images instead of texts. */
export function readsImages(model: Pick<ModelSummary, "images"> | undefined): boolean {
  return model?.images != null && model.images.tokensInPrompt === undefined;
}

/** Whether a model continues texts with images. */
export function readsImagesInText(model: Pick<ModelSummary, "images"> | undefined): boolean {
  return model?.images?.tokensInPrompt !== undefined;
}

export const addModelRequest = z.discriminatedUnion("source", [
  z.object({ source: z.literal("folder"), path: z.string().min(1), name: z.string().max(120).optional() }),
  z.object({
    source: z.literal("hub"),
    id: hubId,
    revision: z.string().max(100).optional(),
    /** A `.gguf` file at the repository's top, fetched instead of the safetensors. */
    file: z
      .string()
      .max(200)
      .regex(/^\w[\w.-]*\.gguf$/i)
      .optional(),
  }),
  /** SmolLM2-135M-Instruct: by hub id, else from the Python package that carries it. */
  z.object({ source: z.literal("smollm2") }),
]);
export type AddModelRequest = z.infer<typeof addModelRequest>;

/** `GET /api/models/{model}/context`: what is shown where the length of rows is set. */
export const modelContext = z.object({
  /** The longest text before the model's positions were scaled, and how they are scaled; null where they are not, or its files are gone. */
  original: z.object({ tokens: z.int(), scaling: z.string() }).nullable(),
});
export type ModelContext = z.infer<typeof modelContext>;
