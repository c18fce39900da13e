import { FileError } from "@/server/files/file-error";
import type { ImageProcessor } from "./image-processor";

/**
 * The size of every image that a processor gives.
 *
 * @param folder of the checkpoint, for errors
 * @throws FileError where images keep a shape of their own: those of a pass must be of one size
 */
export function preparedSize(folder: string, { resize, crop }: ImageProcessor): { readonly height: number; readonly width: number } {
  if (crop !== null) return { height: crop.height, width: crop.width };
  if (resize !== null && "height" in resize) return { height: resize.height, width: resize.width };
  throw new FileError(
    "invalid",
    folder,
    "its preprocessor_config.json leaves images in different sizes, but images of a pass must have the same size: set do_center_crop and crop_size, or height and width in size",
  );
}
