import { patchGrid, tokensBeforePatches } from "@/lib/contract/architectures/vision/vision-config";
import { layImageBatch } from "@/server/engine/features/image-batch";
import { imageBatch } from "@/server/engine/models/vision/image-batch";
import { readFloats } from "@/server/engine/tensor/create";
import { FiledImage } from "@/server/files/images/pixel-file";
import { storedImage } from "@/server/files/images/stored-image";
import type { PlacedRow } from "@/server/runtime/collections/collection-pass";
import type { ImageBase } from "@/server/runtime/models/load-base-model";
import { plainRows } from "@/server/runtime/rows/answered-row";
import type { ImageDataRow, ReadRow } from "@/server/runtime/rows/read-row";
import { encoderTop } from "./load-head";
import { demandOneKind, encoderOutputs, type ModelKind } from "./model-kind";

/** A model that reads an image whole, for a head that gives one class or number. */
export const imageKind: ModelKind<ImageBase> = {
  loadTop: encoderTop,
  taskOf: ({ classifier }) => classifier?.kind ?? "classification",
  rows: plainRows,
  labelled: "images",
  async contextOf({ model: { config } }, row) {
    const { image, label, tokens } = demandImage(row);
    const { width } = patchGrid(image, config);
    return {
      tokenIds: [],
      texts: new Array<string>(tokens).fill(""),
      grid: { columns: width, leading: tokensBeforePatches(config) },
      ...(label === null ? {} : { answer: label }),
      // Of images that were prepared elsewhere only the scaled values are known.
      ...(image instanceof FiledImage ? { image: await storedImage(image.sized()) } : {}),
    };
  },
  // An image is never cut.
  longestRow: () => Number.POSITIVE_INFINITY,
  passes({ model }, forwardOf) {
    const forward = forwardOf(model);
    return (rows) => {
      const laid = layImageBatch(rows.map(imageOf), model.inputs);
      return { batch: laid.batch, forward: () => forward(laid) };
    };
  },
  batchOf({ model }, given) {
    const { images } = demandOneKind(given);
    if (images === undefined) throw new RangeError("the model reads images (pixel_values in a safetensors file), and these are token ids");
    return imageBatch(images, model.config);
  },
  outputs: (base, top, batch, pass) =>
    encoderOutputs(base, top, batch, {
      ...pass,
      headless: (final) => ({ final: { shape: [batch.rows, batch.tokens, base.model.config.dModel], data: readFloats(final) } }),
    }),
};

function imageOf({ row, ...places }: PlacedRow) {
  return { row: row.row, image: demandImage(row).image, ...places };
}

function demandImage(row: ReadRow): ImageDataRow {
  if (row.image === undefined) throw new Error(`row ${row.row} is a text, and the model reads images`);
  return row;
}
