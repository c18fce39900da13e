import { type Batch, textsOf } from "@/server/engine/models/batch";
import { countImages } from "@/server/engine/models/images";

/** Where the features of a batch's images go. */
export type ImagePlaces = {
  /** By feature, image after image: its place among the tokens of the batch. */
  readonly at: Int32Array;
  /** By image: which text of the batch it belongs to. */
  readonly texts: Int32Array;
};

/**
 * Finds the image tokens of a batch, which stand for its images in their order.
 *
 * @param featuresEach of an image
 * @throws RangeError naming the row, where there are more or fewer of them than the images have features
 */
export function placeImages(batch: Batch, imageToken: number, featuresEach: number): ImagePlaces {
  const { ids, tokens, images } = batch;
  const places: number[] = [];
  const texts: number[] = [];
  textsOf(batch).forEach(({ from, to }, text) => {
    const own = Array.from({ length: to - from }, (_, at) => from + at).filter((at) => ids[at] === imageToken);
    if (own.length % featuresEach !== 0 || (own.length > 0 && images === undefined)) {
      throw new RangeError(
        `row ${Math.floor(from / tokens)} has ${own.length} image tokens (id ${imageToken}); ${images === undefined ? "a batch without images has none" : `each image takes ${featuresEach}`}`,
      );
    }
    places.push(...own);
    texts.push(...new Array<number>(own.length / featuresEach).fill(text));
  });
  const given = images === undefined ? 0 : countImages(images);
  if (texts.length !== given) throw new RangeError(`the image tokens of the batch stand for ${texts.length} images, and it has ${given}`);
  return { at: Int32Array.from(places), texts: Int32Array.from(texts) };
}
