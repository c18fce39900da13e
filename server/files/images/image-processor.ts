import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { FileError } from "@/server/files/file-error";
import { isJsonObject, readJsonObject } from "@/server/files/json-file";
import { type ResampleFilter, resampleFilters } from "./resample";

/** How a checkpoint's images become numbers, in this order. A step that is null is left out. */
export type ImageProcessor = {
  readonly resize: (({ readonly height: number; readonly width: number } | { readonly shortestEdge: number }) & Filter) | null;
  readonly crop: { readonly height: number; readonly width: number } | null;
  /** Factor of the 8-bit values, 1/255 as a rule. */
  readonly rescale: number | null;
  /** Mean and standard deviation by channel, of rescaled values. */
  readonly normalise: { readonly mean: readonly number[]; readonly std: readonly number[] } | null;
};
type Filter = { readonly filter: ResampleFilter };

const fileName = "preprocessor_config.json";
/** Holds the same under `image_processor` in checkpoints that read images and text. */
const combinedName = "processor_config.json";

/**
 * Reads how a checkpoint prepares images, with the defaults of its processor's class in transformers.
 *
 * @param folder of a checkpoint
 * @throws FileError when there is no such file, or it asks for a step that is not known here
 */
export function readImageProcessor(folder: string): ImageProcessor {
  const { path, values } = readSettings(folder);
  const kind = kindOf(path, values);
  const parsed = settings.safeParse({ ...defaults[kind], ...withoutNulls(values) });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new FileError("invalid", path, `"${issue?.path.join(".")}": ${issue?.message}`);
  }
  return processorOf(path, kind, parsed.data);
}

function readSettings(folder: string): { path: string; values: Record<string, unknown> } {
  const path = join(folder, fileName);
  if (existsSync(path)) return { path, values: readJsonObject(path) };
  const combined = join(folder, combinedName);
  const values = existsSync(combined) ? readJsonObject(combined)["image_processor"] : undefined;
  if (isJsonObject(values)) return { path: combined, values };
  throw new FileError("notFound", path, "no such file; it says how the model's images are resized and scaled: copy it from the checkpoint");
}

/** Processors by the name of their class without its ending: `ViT` of `ViTImageProcessorFast` and `ViTFeatureExtractor`. */
const kinds = ["ViT", "Bit", "CLIP", "Siglip"] as const;
type Kind = (typeof kinds)[number];

function kindOf(path: string, values: Record<string, unknown>): Kind {
  const name = values["image_processor_type"] ?? values["feature_extractor_type"];
  const known = typeof name === "string" ? kinds.find((kind) => name.replace(classEnding, "") === kind) : undefined;
  if (known !== undefined) return known;
  const said = typeof name === "string" ? `"${name}" is not supported` : '"image_processor_type" is missing';
  throw new FileError("invalid", path, `${said}; supported are ${kinds.map((kind) => `${kind}ImageProcessor`).join(", ")}`);
}

const classEnding = /(?:ImageProcessor(?:Fast|Pil)?|FeatureExtractor)$/;

const wholes = z
  .int()
  .min(1)
  .max(1 << 14);
const pair = z.object({ height: wholes, width: wholes });
const size = z.union([wholes, pair, z.object({ shortest_edge: wholes })], {
  error: "must be a number, height and width, or shortest_edge",
});
const byChannel = z.array(z.number()).min(1).max(3);

const settings = z.object({
  do_resize: z.boolean(),
  size,
  resample: z
    .int()
    .min(0)
    .max(resampleFilters.length - 1),
  do_center_crop: z.boolean(),
  crop_size: z.union([wholes, pair], { error: "must be a number, or height and width" }),
  do_rescale: z.boolean(),
  rescale_factor: z.number(),
  do_normalize: z.boolean(),
  image_mean: byChannel,
  image_std: byChannel.refine((values) => values.every((value) => value !== 0), "must not have zeros"),
  do_pad: z.literal(false, "padding is not supported").optional(),
});

const always = { do_resize: true, do_rescale: true, rescale_factor: 1 / 255, do_normalize: true } as const;
const half = { image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] } as const;
const openAi = { image_mean: [0.48145466, 0.4578275, 0.40821073], image_std: [0.26862954, 0.26130258, 0.27577711] } as const;
const square = { height: 224, width: 224 } as const;
const middle = { size: { shortest_edge: 224 }, resample: 3, do_center_crop: true, crop_size: square, ...openAi } as const;
const whole = { size: square, do_center_crop: false, crop_size: square, ...half } as const;

/** What a class of transformers does where its file is silent. */
const defaults: Readonly<Record<Kind, Record<string, unknown>>> = {
  ViT: { ...always, ...whole, resample: 2 },
  Bit: { ...always, ...middle },
  CLIP: { ...always, ...middle },
  Siglip: { ...always, ...whole, resample: 3 },
};

/** A single number is the length of both edges for some classes, and of the shorter edge for others. */
const numberIsShortestEdge: Readonly<Record<Kind, boolean>> = { ViT: false, Bit: true, CLIP: true, Siglip: true };

function processorOf(path: string, kind: Kind, given: z.infer<typeof settings>): ImageProcessor {
  const { image_mean: mean, image_std: std } = given;
  if (given.do_normalize && mean.length !== std.length) {
    throw new FileError("invalid", path, `"image_mean" has ${mean.length} values and "image_std" ${std.length}`);
  }
  const filter = resampleFilters[given.resample] ?? "bilinear";
  return {
    resize: given.do_resize ? { ...resizeOf(kind, given.size), filter } : null,
    crop: given.do_center_crop ? (typeof given.crop_size === "number" ? squareOf(given.crop_size) : given.crop_size) : null,
    rescale: given.do_rescale ? given.rescale_factor : null,
    normalise: given.do_normalize ? { mean, std } : null,
  };
}

function resizeOf(kind: Kind, given: z.infer<typeof size>): { height: number; width: number } | { shortestEdge: number } {
  if (typeof given !== "number") return "height" in given ? given : { shortestEdge: given.shortest_edge };
  return numberIsShortestEdge[kind] ? { shortestEdge: given } : squareOf(given);
}

function squareOf(edge: number): { height: number; width: number } {
  return { height: edge, width: edge };
}

function withoutNulls(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}
