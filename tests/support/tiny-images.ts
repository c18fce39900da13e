import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import sharp from "sharp";

/** Positions of the tiny vision transformer's images: 3 × 3 patches and the class token. */
export const TINY_IMAGE_TOKENS = 10;

/** Copies the tiny vision transformer, with a preprocessor: any image becomes one of 15 × 15. @returns its folder */
export function layTinyVit(folder: string): string {
  cpSync("tests/golden/vision/vit-silu", folder, { recursive: true });
  const processor = {
    image_processor_type: "ViTImageProcessor",
    do_resize: true,
    size: { height: 15, width: 15 },
    resample: 2,
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: true,
    image_mean: [0.5, 0.5, 0.5],
    image_std: [0.5, 0.5, 0.5],
  };
  writeFileSync(join(folder, "preprocessor_config.json"), JSON.stringify(processor));
  return folder;
}

/** Eight reddish and eight bluish images, each in a folder that names its class. @returns their folder */
export async function layRedAndBlue(folder: string): Promise<string> {
  for (const [name, channel] of [
    ["red", 0],
    ["blue", 2],
  ] as const) {
    for (let i = 0; i < 8; i++) {
      const [r = 0, g = 0, b = 0] = [0, 1, 2].map((one) => (one === channel ? 190 + 8 * i : 20 + 5 * i));
      const file = join(folder, name, `${i}.png`);
      mkdirSync(dirname(file), { recursive: true });
      const size = { width: 20 + i, height: 24 };
      await sharp({ create: { ...size, channels: 3, background: { r, g, b } } })
        .png()
        .toFile(file);
    }
  }
  return folder;
}
