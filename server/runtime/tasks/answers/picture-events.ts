import { patchGrid, tokensBeforePatches } from "@/lib/contract/architectures/vision/vision-config";
import type { TextEvent } from "@/lib/contract/read-text";
import type { ModuleReading } from "@/server/engine/effects/read-text";
import { storedImage } from "@/server/files/images/stored-image";
import { demandImageEncoder } from "@/server/runtime/models/load-base-model";
import type { ReadPictureOptions } from "@/server/runtime/reading-options";
import { readPicture } from "@/server/runtime/rows/read-picture";
import type { LatentModel } from "@/server/runtime/tasks/latent-rows";
import { answersTo } from "./answers-to";

/**
 * Of a picture: what the head answers for it. Its tokens are the class token and registers that the model has, then the patches, row by row.
 *
 * @returns as `answersTo`
 * @throws FileError naming the picture that cannot be read; and as `answersTo`
 */
export async function* pictureEvents(options: ReadPictureOptions, model: LatentModel): AsyncGenerator<TextEvent, readonly ModuleReading[]> {
  const base = demandImageEncoder(model.base);
  const { image, sized, label } = await readPicture(base, options);
  const { config, inputs } = base.model;
  const token = { id: 0, text: "", loss: null };
  const grid = { columns: patchGrid(image, config).width, leading: tokensBeforePatches(config) };
  const picture = { image: Buffer.from(await storedImage(sized)).toString("base64"), grid, label };
  const shown = { tokens: new Array<typeof token>(inputs.tokensOf({ image })).fill(token), isTruncated: false, picture };
  return yield* answersTo(options, model, { base, row: { image }, isSpecial: () => false, shown });
}
