import { patchGrid } from "@/lib/contract/architectures/vision/vision-config";
import { imagePositions } from "@/server/engine/features/image-batch";
import { noising } from "@/server/engine/models/diffusion/noising";
import { noisyBatch } from "@/server/engine/models/diffusion/noisy-batch";
import { joinRows } from "@/server/engine/models/weights";
import { isFullFolder } from "@/server/files/adapters/full-folder";
import { madeImage } from "@/server/files/images/made-image";
import { FiledImage } from "@/server/files/images/pixel-file";
import { exactImage, storedImage } from "@/server/files/images/stored-image";
import { adapterOf, readAdapterOver } from "@/server/runtime/models/load-adapter";
import type { DiffusionBase } from "@/server/runtime/models/load-base-model";
import { demandSchedule } from "@/server/runtime/models/load-diffusion-base";
import { loadFull } from "@/server/runtime/models/load-full";
import { topOf } from "@/server/runtime/models/loaded-top";
import { cleanRows } from "@/server/runtime/rows/clean-rows";
import { collectionNoise, demandNoised, type NoisedRow, noisedRows } from "@/server/runtime/rows/noised-rows";
import type { ModelKind } from "./model-kind";

/** A model that denoises images: each is read as noise of some time step leaves it. */
export const diffusionKind: ModelKind<DiffusionBase> = {
  loadTop: ({ model }, folder) => topOf(folder === undefined ? undefined : trainedOver(model.projections, folder), () => undefined),
  taskOf: () => "denoising",
  rows(base) {
    const source = cleanRows(base);
    return {
      tokenised: (path) => noisedRows(source.tokenised(path)),
      texts: async (...asked) => noisedRows(await source.texts(...asked)),
    };
  },
  labelled: "images",
  async contextOf(base, row) {
    const noised = demandNoised(row);
    const { image, label, tokens } = noised;
    const { config } = base.model;
    return {
      tokenIds: [],
      texts: new Array<string>(tokens).fill(""),
      grid: { columns: patchGrid(image, config).width, leading: 0 },
      ...(label === null ? {} : { answer: label }),
      ...(await shownImages(base, noised)),
    };
  },
  // An image is never cut.
  longestRow: () => Number.POSITIVE_INFINITY,
  passes(base, forwardOf) {
    const forward = forwardOf(base.model);
    const lay = layer(base);
    return (rows) => {
      const noised = rows.map(({ row, ...places }) => ({ noised: demandNoised(row), row: row.row, ...places }));
      const input = lay(noised.map((one) => one.noised));
      const batch = imagePositions(noised, input.tokens);
      return { batch, forward: () => forward({ batch, input }) };
    };
  },
  batchOf: refuseOutputs,
  outputs: refuseOutputs,
};

function trainedOver(projections: DiffusionBase["model"]["projections"], folder: string) {
  if (isFullFolder(folder)) return loadFull(folder, projections).weights;
  return adapterOf(readAdapterOver(folder, projections), projections);
}

/** The image with its noise, as the model reads it, and without; none of what is no picture. */
async function shownImages(base: DiffusionBase, row: NoisedRow) {
  const { image } = row;
  const { channels } = image;
  const clean = image instanceof FiledImage ? { clean: await storedImage(image.sized()) } : {};
  if (channels !== 1 && channels !== 3) return clean;
  const { images } = layer(base)([row]);
  return { image: await exactImage(madeImage(images.pixels, { ...image, channels })), ...clean };
}

/** Noisy images side by side, as a collection reads them. */
function layer(base: DiffusionBase) {
  const { config } = base.model;
  const addNoise = noising(demandSchedule(base));
  return (rows: readonly NoisedRow[]) => {
    const made = rows.map(({ image, row, noised: { timestep, noise } }) => {
      const clean = image.pixels;
      return addNoise(clean, noise ?? collectionNoise(row, clean.length), timestep);
    });
    const told = {
      timesteps: Float32Array.from(made, ({ timestep }) => timestep),
      classes: Int32Array.from(rows, ({ noised }) => noised.classNumber),
    };
    const { channels, imageSize } = config;
    return noisyBatch({ channels, ...imageSize, pixels: joinRows(made.map(({ pixels }) => pixels)) }, told, config);
  };
}

function refuseOutputs(): never {
  throw new RangeError("the model denoises images and has no logits: see what it makes with sample, and its losses with evaluate");
}
