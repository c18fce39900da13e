import type { LabelledBatch } from "@/server/engine/models/causal-model";
import { type Images, someImages } from "@/server/engine/models/images";
import type { ImageReader } from "@/server/engine/models/vision-language/image-reader";
import type { TrainingRow } from "@/server/engine/training/settings";
import { rowsOf, type Tiny } from "./tiny";

/** Language models with a vision encoder in the fixtures' `tiny/`: towers of CLIP and DINOv2. */
export const TINY_LLAVAS = ["llava", "llava-dinov2"] as const;

/** Those of `goldenFolder`, with adapters in the tower and the projector too: several images in a row, other towers, layers and language models. */
export const GOLDEN_LLAVAS = ["llava-siglip", "llava-registers", "llava-vit"] as const;

/** Images of a file, (…, images, channels, height, width); those of `place` where there is a first axis. */
export function imagesOf({ values }: Tiny, name: string, place?: number): Images {
  const [batches = 1] = values.shape(name);
  const [channels = 0, height = 0, width = 0] = values.shape(name).slice(-3);
  const all = values.read(name);
  const size = place === undefined ? all.length : all.length / batches;
  return { pixels: all.slice((place ?? 0) * size, ((place ?? 0) + 1) * size), channels, height, width };
}

export function intsOf({ values }: Tiny, name: string): Int32Array {
  return Int32Array.from(values.readInts(name), Number);
}

/** Step s (from 0) of the training data: two batches in turn, as one tensor or each for itself. */
export function tinyLlavaBatch(tiny: Tiny, step: number): LlavaBatch {
  const isApart = tiny.values.names().includes("train.0.input_ids");
  const at = step % 2;
  const name = (part: string) => (isApart ? `train.${at}.${part}` : `train.${part}`);
  const [rows = 0, tokens = 0] = tiny.values.shape(name("input_ids")).slice(-2);
  const own = (part: string) => {
    const all = intsOf(tiny, name(part));
    return isApart ? all : all.slice(at * rows * tokens, (at + 1) * rows * tokens);
  };
  const images = imagesOf(tiny, name("pixel_values"), isApart ? undefined : at);
  const ids = own("input_ids");
  const { config } = demandReader(tiny);
  const counts = Int32Array.from({ length: rows }, (_, row) => {
    const tokensOfImages = ids.subarray(row * tokens, (row + 1) * tokens).filter((id) => id === config.imageToken).length;
    return tokensOfImages / demandReader(tiny).featuresOf(images);
  });
  return { ids, attentionMask: own("attention_mask"), labels: own("labels"), rows, tokens, images, imageCounts: counts };
}

export function demandReader({ model }: Tiny): ImageReader {
  if (model.images === undefined) throw new Error("the model reads no images");
  return model.images;
}

type LlavaBatch = LabelledBatch & { readonly images: Images; readonly imageCounts: Int32Array };

/** The rows of a batch, each with its images, without padding. */
export function llavaRows(batch: LlavaBatch): TrainingRow[] {
  let before = 0;
  return rowsOf(batch).map((row, at) => {
    const count = batch.imageCounts[at] ?? 0;
    before += count;
    return { ...row, images: someImages(batch.images, before - count, count) };
  });
}
