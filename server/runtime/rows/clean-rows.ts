import { patchGrid } from "@/lib/contract/architectures/vision/vision-config";
import { FileError } from "@/server/files/file-error";
import { type NoiseTensor, readNoiseTensors } from "@/server/files/images/noise-tensors";
import { classNumberOf, diffusionInput } from "@/server/runtime/models/diffusion-input";
import type { DiffusionBase } from "@/server/runtime/models/load-base-model";
import { imageRows } from "./image-rows";
import type { ImageDataRow } from "./read-row";
import type { RowSource } from "./row-source";

/** One image as a diffusion model learns from it: its class as `label`, and the noise that was drawn for it where its file brings it. */
export type CleanDataRow = ImageDataRow & { readonly classNumber: number; readonly drawn: NoiseTensor | undefined };

/** Images without noise, each with its class. Those that were prepared beforehand may bring their noise and time steps. */
export function cleanRows(base: DiffusionBase): RowSource<CleanDataRow> {
  const { path, model } = base;
  const { channels, imageSize, patchSize } = model.config;
  const source = imageRows<number>({
    path,
    prepared: () => diffusionInput(base),
    tokensOf(image) {
      const grid = patchGrid(image, { patchSize });
      return grid.height * grid.width;
    },
    problemOf(image) {
      if (image.channels === channels && image.height === imageSize.height && image.width === imageSize.width) return null;
      const size = (of: { channels: number; height: number; width: number }) => `${of.channels}×${of.height}×${of.width}`;
      return `is of ${size(image)}, but the model denoises ${size({ channels, ...imageSize })}`;
    },
    answerOf(label) {
      if (label === null) throw new RangeError("has no label, but the model is told the class of each image");
      return classNumberOf(label, base);
    },
  });
  return {
    tokenised(file) {
      const drawn = readNoiseTensors(file);
      return source.tokenised(file).map(({ answer, ...row }, at) => {
        if (Number.isNaN(answer))
          throw new FileError("invalid", file, `labels: row ${at} has none, but the model is told the class of each image`);
        return { ...row, classNumber: answer, drawn: drawn?.[at] };
      });
    },
    texts: async (dataSet, wanted, options) =>
      (await source.texts(dataSet, wanted, options)).map(({ answer, ...row }) => ({ ...row, classNumber: answer, drawn: undefined })),
  };
}
