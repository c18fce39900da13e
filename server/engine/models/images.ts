import { joinRows } from "./weights";

/** Images of one size, (images, channels, height, width) as their preprocessing leaves them. */
export type Images = {
  readonly pixels: Float32Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Whether positions may be interpolated for images of another size than the model's, by a model that does so only if told. */
  readonly interpolates?: boolean | undefined;
};

/** Images one after another. @throws RangeError for none, and where their sizes differ */
export function joinImages(images: readonly Images[]): Images {
  const [first] = images;
  if (first === undefined) throw new RangeError("a batch of no images is empty");
  const other = images.find(
    ({ channels, height, width }) => channels !== first.channels || height !== first.height || width !== first.width,
  );
  if (other !== undefined) throw new RangeError(`images of ${sizeOf(first)} and ${sizeOf(other)} cannot share a pass`);
  return { ...first, pixels: joinRows(images.map(({ pixels }) => pixels)) };
}

/** How many there are. */
export function countImages({ pixels, channels, height, width }: Images): number {
  return pixels.length / (channels * height * width);
}

/** The same images so many times, for as many rows. */
export function imagesForRows(images: Images | undefined, rows: number): Images | undefined {
  return images && joinImages(new Array<Images>(rows).fill(images));
}

/** Those from a place on. */
export function someImages(images: Images, from: number, count: number): Images {
  const size = images.channels * images.height * images.width;
  return { ...images, pixels: images.pixels.subarray(from * size, (from + count) * size) };
}

function sizeOf({ channels, height, width }: Images): string {
  return `${channels}×${height}×${width}`;
}
