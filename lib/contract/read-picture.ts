import { z } from "zod";
import { readingFields } from "./read-text";

/** Bytes of a picture that is sent; ours: a request holds them in base64. */
export const mostPictureBytes = 2_500_000;

/** A picture: a row of the run's dataset, or of the one that a collection of it read; or a file. */
export const pictureSource = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("row"), row: z.int().min(0), collectionId: z.string().min(1).max(100).optional() }),
  z.object({ kind: z.literal("file"), name: z.string().min(1).max(200), data: z.base64().min(1) }),
]);
export type PictureSource = z.infer<typeof pictureSource>;

/** `POST /api/runs/{run}/picture`: what fires on this picture, and what the head answers. Answered by lines of JSON, one `textEvent` each. */
export const readPictureRequest = z.object({ picture: pictureSource, ...readingFields });
export type ReadPictureInput = z.input<typeof readPictureRequest>;
export type ReadPictureRequest = z.infer<typeof readPictureRequest>;
