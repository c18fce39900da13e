import type { GridSize } from "@/lib/contract/architectures/vision/vision-config";
import type { Pixels } from "./pixels";

/** Mean |difference| of the 8-bit values of two images of one size: of all, and of each patch, row by row. */
export function imageChange(image: Pixels, before: Pixels, patch: GridSize): { mean: number; patches: number[] } {
  const { channels, height, width, values } = image;
  const columns = Math.floor(width / patch.width);
  const patches = new Array<number>(columns * Math.floor(height / patch.height)).fill(0);
  let sum = 0;
  values.forEach((value, at) => {
    const apart = Math.abs(value - (before.values[at] as number));
    const place = Math.floor(at / channels);
    const cell = columns * Math.floor(place / width / patch.height) + Math.floor((place % width) / patch.width);
    sum += apart;
    patches[cell] = (patches[cell] as number) + apart;
  });
  const perPatch = patch.height * patch.width * channels;
  return { mean: sum / values.length, patches: patches.map((total) => total / perPatch) };
}
