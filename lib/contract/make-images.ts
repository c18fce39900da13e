import { z } from "zod";
import { editList } from "./edit";

/** Images of a class that one request makes; ours: each arm makes all of them in one pass a step. */
export const mostMadeImages = 8;
/** Steps of a sampler; ours. */
export const mostSamplerSteps = 1000;
/** Pictures over the values of an edit; ours. */
export const mostImageDoses = 8;

/** The base model alone, with the run's adapter, with the adapter and edits; in this order. */
export const imageArm = z.enum(["base", "adapter", "edited"]);
export type ImageArm = z.infer<typeof imageArm>;

/** `POST /api/runs/{run}/images`: images of a class from noise, by each arm from the same. Answered by lines of JSON, one `imageEvent` each. */
export const makeImagesRequest = z.object({
  /** One of the names of a class of the model, or its number. */
  class: z.string().min(1).max(400).default("0"),
  /** Of the noise: image i of a seed begins with the same in every request. */
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(0),
  images: z.int().min(1).max(mostMadeImages).default(1),
  /** Our default. */
  steps: z.int().min(1).max(mostSamplerSteps).default(30),
  /** Classifier-free guidance (Ho and Salimans 2022); 1 is none. */
  guidance: z.number().min(-100).max(100).default(1),
  arms: z.array(imageArm).min(1).max(3).default(["base", "adapter", "edited"]),
  edits: editList.default([]),
  /** Time steps at which edits work, inclusive; at others the adapter runs as it is. Absent, at all. */
  editedTimesteps: z.object({ from: z.int().min(0), to: z.int().min(0) }).optional(),
  /** Also the first image with one of the edits, by its place, at each of these values, the others being on as they are. */
  dose: z.object({ edit: z.int().min(0), values: z.array(z.number()).min(1).max(mostImageDoses) }).optional(),
});
export type MakeImagesInput = z.input<typeof makeImagesRequest>;
export type MakeImagesRequest = z.output<typeof makeImagesRequest>;

/** An image (base64 of lossless WebP), and how it differs from that of the arm before it: mean |difference| of 8-bit values, whole and by patch, row by row. */
const madeImage = z.object({
  image: z.string(),
  change: z.object({ from: imageArm, mean: z.number(), patches: z.array(z.number()) }).nullable(),
});
export type MadeImage = z.infer<typeof madeImage>;

export const imageEvent = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("loading"), message: z.string() }),
  z.object({
    kind: z.literal("start"),
    /** Its name, or its number where the model names none. */
    class: z.string(),
    /** Patches of a row of an image, by which differences are given. */
    columns: z.int(),
    /** Of the sampler, over all arms and doses. */
    steps: z.int(),
  }),
  z.object({ kind: z.literal("step"), done: z.int() }),
  /** An arm's images, in the order of their noise. */
  z.object({ kind: z.literal("images"), arm: imageArm, images: z.array(madeImage) }),
  z.object({ kind: z.literal("dose"), value: z.number(), image: madeImage }),
  z.object({ kind: z.literal("end"), seconds: z.number() }),
  z.object({ kind: z.literal("error"), message: z.string() }),
]);
export type ImageEvent = z.infer<typeof imageEvent>;
