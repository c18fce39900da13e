import { type GridSize, patchGrid, tokensBeforePatches, type VisionConfig } from "@/lib/contract/architectures/vision/vision-config";
import type { EncoderInputs, EncoderRow } from "@/server/engine/models/encoders/encoder-inputs";
import type { EncoderBatch, PictureBatch, Pictures } from "@/server/engine/models/encoders/encoder-model";
import { joinRows } from "@/server/engine/models/weights";

/** Pictures as a model's batch. @throws RangeError when they do not fit the model */
export function pictureBatch(pictures: Pictures, config: VisionConfig): PictureBatch {
  const rows = pictures.pixels.length / (pictures.channels * pictures.height * pictures.width);
  return demandPictures({ pictures, rows, tokens: tokensOf(pictures, config) }, config);
}

/** Pictures of one size, each a row of its own. */
export function pictureInputs(config: VisionConfig): EncoderInputs {
  return {
    tokensOf: (row) => tokensOf(demandPicture(row), config),
    problemOf(row, beside = row) {
      if (row.picture === undefined) return "is a text, and the model reads pictures";
      const { height, width } = row.picture;
      const other = beside.picture ?? row.picture;
      if (height === other.height && width === other.width) return sizeProblem(row.picture, config);
      return `is of ${height}×${width} pixels, and another of ${other.height}×${other.width}: pictures that share a pass are of one size`;
    },
    lay(rows) {
      const pictures = rows.map(([row, ...more]) => {
        if (row === undefined || more.length > 0)
          throw new RangeError(`a picture takes a row alone, and ${more.length + 1} are to share one`);
        return demandPicture(row);
      });
      return pictureBatch(sideBySide(pictures), config);
    },
    take(batch, places) {
      const { pictures, rows, tokens } = demandPictures(batch, config);
      const size = pictures.pixels.length / rows;
      const pixels = joinRows(places.map((place) => pictures.pixels.subarray(place * size, (place + 1) * size)));
      return { pictures: { ...pictures, pixels }, rows: places.length, tokens };
    },
  };
}

function demandPicture(row: EncoderRow): Pictures {
  if (row.picture === undefined) throw new RangeError("the model reads pictures, and a row is a text");
  return row.picture;
}

function sideBySide(pictures: readonly Pictures[]): Pictures {
  const [first] = pictures;
  if (first === undefined) throw new RangeError("a batch of no pictures is empty");
  const other = pictures.find(
    ({ channels, height, width }) => channels !== first.channels || height !== first.height || width !== first.width,
  );
  if (other !== undefined) {
    const size = ({ channels, height, width }: Pictures) => `${channels}×${height}×${width}`;
    throw new RangeError(`pictures of ${size(first)} and ${size(other)} cannot share a pass`);
  }
  return { ...first, pixels: joinRows(pictures.map(({ pixels }) => pixels)) };
}

/** How many tokens a picture of this size has. */
export function tokensOf(size: GridSize, config: VisionConfig): number {
  const { height, width } = patchGrid(size, config);
  return tokensBeforePatches(config) + height * width;
}

/** @throws RangeError for texts, and for pictures that do not fit the model or their batch */
export function demandPictures(batch: EncoderBatch, config: VisionConfig): PictureBatch {
  if (batch.pictures === undefined) throw new RangeError("the model reads pictures, and the batch is of texts");
  const { pictures, rows, tokens } = batch;
  const problem = sizeProblem(pictures, config);
  if (problem !== null) throw new RangeError(`a picture ${problem}`);
  const { pixels, channels, height, width } = pictures;
  if (!(rows > 0) || pixels.length !== rows * channels * height * width) {
    throw new RangeError(`${pixels.length} pixel values are not ${rows} pictures of ${channels}×${height}×${width}`);
  }
  const own = tokensOf(pictures, config);
  if (tokens !== own) throw new RangeError(`a picture of ${height}×${width} pixels has ${own} tokens, and the batch has ${tokens} a row`);
  return batch;
}

/** Why the model cannot read pictures of a size, as a sentence about one goes on; null where it can. */
function sizeProblem(picture: Omit<Pictures, "pixels">, config: VisionConfig): string | null {
  const { channels, height, width } = picture;
  const { image, patch } = config;
  const size = `is of ${height}×${width} pixels`;
  if (channels !== config.channels) return `has ${channels} channels, and the model reads ${config.channels}`;
  if (![height, width].every((side) => Number.isInteger(side) && side > 0)) return `${size}, which is no size`;
  if (height < patch.height || width < patch.width) return `${size}, and a patch has ${patch.height}×${patch.width}`;
  if (!interpolates(picture, config)) {
    const isOwnSize = height === image.height && width === image.width;
    return isOwnSize
      ? null
      : `${size}; the model reads ${image.height}×${image.width}, unless its positions are to be interpolated (interpolates)`;
  }
  const { height: down, width: across } = patchGrid(image, config);
  if (down === across || hasOwnPositions(picture, config)) return null;
  return `${size}; the model's positions are for a grid of ${down}×${across} patches, and only those of a square can be interpolated`;
}

function interpolates(picture: Pick<Pictures, "interpolates">, config: VisionConfig): boolean {
  return config.interpolatesUnasked || picture.interpolates === true;
}

/** Whether the model's own positions are those of a picture: of one that is not square they are not, even where the number of patches is the same. */
export function hasOwnPositions(picture: Omit<Pictures, "pixels">, config: VisionConfig): boolean {
  if (!interpolates(picture, config)) return true;
  const [own, grid] = [patchGrid(config.image, config), patchGrid(picture, config)];
  return picture.height === picture.width && own.height * own.width === grid.height * grid.width;
}
