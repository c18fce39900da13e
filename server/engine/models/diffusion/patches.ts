import { type GridSize, patchGrid } from "@/lib/contract/architectures/vision/vision-config";
import type { Images } from "@/server/engine/models/images";

/** What an image is cut into. */
export type Patching = { readonly channels: number; readonly patchSize: GridSize };

/**
 * Images as a diffusion transformer predicts them: patches row by row, each with its rows, columns, then channels.
 *
 * @returns (rows · patches, patch height · patch width · channels)
 */
export function toPatches(images: Images, patching: Patching): Float32Array {
  const patches = new Float32Array(images.pixels.length);
  forEachEntry(images, patching, (pixel, entry) => {
    patches[entry] = images.pixels[pixel] as number;
  });
  return patches;
}

/** The other way round. @param size of the images */
export function fromPatches(patches: Float32Array, size: GridSize, patching: Patching): Float32Array {
  const pixels = new Float32Array(patches.length);
  forEachEntry({ ...size, pixels, channels: patching.channels }, patching, (pixel, entry) => {
    pixels[pixel] = patches[entry] as number;
  });
  return pixels;
}

/** Visits each number of images with its place in them and in their patches. */
function forEachEntry(
  { pixels, channels, height, width }: Images,
  { patchSize }: Patching,
  visit: (pixel: number, entry: number) => void,
): void {
  const rows = pixels.length / (channels * height * width);
  const grid = patchGrid({ height, width }, { patchSize });
  let entry = 0;
  for (let row = 0; row < rows; row++) {
    for (let place = 0; place < grid.height * grid.width; place++) {
      const top = Math.floor(place / grid.width) * patchSize.height;
      const left = (place % grid.width) * patchSize.width;
      for (let y = 0; y < patchSize.height; y++) {
        for (let x = 0; x < patchSize.width; x++) {
          for (let channel = 0; channel < channels; channel++) {
            visit(((row * channels + channel) * height + top + y) * width + left + x, entry++);
          }
        }
      }
    }
  }
}
