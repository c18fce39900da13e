import { type GridSize, patchGrid, tokensBeforePatches, type VisionConfig } from "@/lib/contract/architectures/vision/vision-config";
import type { EncoderBatch, ImageBatch } from "@/server/engine/models/encoders/encoder-batch";
import type { EncoderInputs, EncoderRow } from "@/server/engine/models/encoders/encoder-inputs";
import { countImages, type Images, joinImages } from "@/server/engine/models/images";
import { joinRows } from "@/server/engine/models/weights";

/** Images as a model's batch. @throws RangeError when they do not fit the model */
export function imageBatch(images: Images, config: VisionConfig): ImageBatch {
  return demandImages({ images, rows: countImages(images), tokens: tokensOf(images, config) }, config);
}

/** Images of one size, each a row of its own. */
export function imageInputs(config: VisionConfig): EncoderInputs {
  return {
    tokensOf: (row) => tokensOf(demandImage(row), config),
    problemOf(row, beside = row) {
      if (row.image === undefined) return "is a text, and the model reads images";
      const { height, width } = row.image;
      const other = beside.image ?? row.image;
      if (height === other.height && width === other.width) return sizeProblem(row.image, config);
      return `is of ${height}×${width} pixels, and another of ${other.height}×${other.width}: images that share a pass are of one size`;
    },
    lay(rows) {
      const images = rows.map(([row, ...more]) => {
        if (row === undefined || more.length > 0)
          throw new RangeError(`an image takes a row alone, and ${more.length + 1} are to share one`);
        return demandImage(row);
      });
      return imageBatch(joinImages(images), config);
    },
    take(batch, places) {
      const { images, rows, tokens } = demandImages(batch, config);
      const size = images.pixels.length / rows;
      const pixels = joinRows(places.map((place) => images.pixels.subarray(place * size, (place + 1) * size)));
      return { images: { ...images, pixels }, rows: places.length, tokens };
    },
  };
}

function demandImage(row: EncoderRow): Images {
  if (row.image === undefined) throw new RangeError("the model reads images, and a row is a text");
  return row.image;
}

/** How many tokens an image of this size has. */
export function tokensOf(size: GridSize, config: VisionConfig): number {
  const { height, width } = patchGrid(size, config);
  return tokensBeforePatches(config) + height * width;
}

/** @throws RangeError for texts, and for images that do not fit the model or their batch */
export function demandImages(batch: EncoderBatch, config: VisionConfig): ImageBatch {
  if (batch.images === undefined) throw new RangeError("the model reads images, and the batch is of texts");
  const { images, rows, tokens } = batch;
  const problem = sizeProblem(images, config);
  if (problem !== null) throw new RangeError(`an image ${problem}`);
  const { pixels, channels, height, width } = images;
  if (!(rows > 0) || pixels.length !== rows * channels * height * width) {
    throw new RangeError(`${pixels.length} pixel values are not ${rows} images of ${channels}×${height}×${width}`);
  }
  const own = tokensOf(images, config);
  if (tokens !== own) throw new RangeError(`an image of ${height}×${width} pixels has ${own} tokens, and the batch has ${tokens} a row`);
  return batch;
}

/** Why the model cannot read images of a size, to follow its name in a sentence; null where it can. */
export function sizeProblem(image: Omit<Images, "pixels">, config: VisionConfig): string | null {
  const { channels, height, width } = image;
  const { imageSize, patchSize } = config;
  const size = `is of ${height}×${width} pixels`;
  if (channels !== config.channels) return `has ${channels} channels, and the model reads ${config.channels}`;
  if (![height, width].every((side) => Number.isInteger(side) && side > 0)) return `${size}, which is no size`;
  if (height < patchSize.height || width < patchSize.width) return `${size}, and a patch has ${patchSize.height}×${patchSize.width}`;
  if (!interpolates(image, config)) {
    const isOwnSize = height === imageSize.height && width === imageSize.width;
    return isOwnSize
      ? null
      : `${size}; the model reads ${imageSize.height}×${imageSize.width}, unless its positions are to be interpolated (interpolates)`;
  }
  const { height: down, width: across } = patchGrid(imageSize, config);
  if (down === across || hasOwnPositions(image, config)) return null;
  return `${size}; the model's positions are for a grid of ${down}×${across} patches, and only those of a square can be interpolated`;
}

function interpolates(image: Pick<Images, "interpolates">, config: VisionConfig): boolean {
  return config.interpolatesUnasked || image.interpolates === true;
}

/** Whether the model's own positions are those of an image: of one that is not square they are not, even where the number of patches is the same. */
export function hasOwnPositions(image: Omit<Images, "pixels">, config: VisionConfig): boolean {
  if (!interpolates(image, config)) return true;
  const [own, grid] = [patchGrid(config.imageSize, config), patchGrid(image, config)];
  return image.height === image.width && own.height * own.width === grid.height * grid.width;
}
