import type { Images } from "@/server/engine/models/images";
import { FileError } from "@/server/files/file-error";
import { decodeImage } from "@/server/files/images/decode-image";
import { FiledImage } from "@/server/files/images/pixel-file";
import type { Pixels } from "@/server/files/images/pixels";
import { scaled, sizedPixels } from "@/server/files/images/prepare-image";
import { preparedInput } from "@/server/runtime/models/image-input";
import type { ImageBase } from "@/server/runtime/models/load-base-model";
import type { ReadPictureOptions } from "@/server/runtime/reading-options";
import { answeredImages } from "./image-rows";
import { openData } from "./row-source";

/** One picture as a model reads it, and as a person sees it: 8 bits a value, resized and cut. */
type ReadPicture = { readonly image: Images; readonly sized: Pixels; readonly label: string | null };

type Options = Pick<ReadPictureOptions, "request" | "pictureData" | "signal">;

/** @throws FileError naming the picture, or its data and row; Error where the data has no pictures that can be chosen */
export async function readPicture(base: ImageBase, { request, pictureData, signal }: Options): Promise<ReadPicture> {
  const { picture } = request;
  if (picture.kind === "file") return fromFile(base, picture.name, Buffer.from(picture.data, "base64"));
  const data = await pictureData(picture.collectionId);
  if (data.kind === "tokenRows")
    throw new Error("The run's images were prepared beforehand, so none of them can be shown: send a picture.");
  const source = answeredImages(base, () => Number.NaN);
  const [found] = await source.texts(await openData(data), Int32Array.of(picture.row), {
    data,
    maxTokens: Number.POSITIVE_INFINITY,
    signal,
  });
  if (!(found?.image instanceof FiledImage)) throw new Error(`row ${picture.row} was read as no image`);
  return { image: found.image, sized: found.image.sized(), label: found.label };
}

async function fromFile({ path, model }: ImageBase, name: string, bytes: Uint8Array): Promise<ReadPicture> {
  const { processor, channels } = preparedInput(path, model.config);
  const sized = sizedPixels(await decodeImage(name, bytes), processor, channels);
  const { values, height, width } = scaled(sized, processor);
  const image = { pixels: values, channels, height, width };
  const problem = model.inputs.problemOf({ image });
  if (problem !== null) throw new FileError("invalid", name, `becomes an image that ${problem}`);
  return { image, sized, label: null };
}
