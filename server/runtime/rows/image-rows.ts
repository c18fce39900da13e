import type { Images } from "@/server/engine/models/images";
import type { RowAnswer } from "@/server/engine/tasks/answers/answer-task";
import { labelOf } from "@/server/engine/text/answered-rows";
import { textOf } from "@/server/engine/text/rows";
import type { DataRow } from "@/server/files/data/data-row";
import { mappedColumns } from "@/server/files/data/mapped-columns";
import { FileError } from "@/server/files/file-error";
import { decodeImage } from "@/server/files/images/decode-image";
import { imageOf } from "@/server/files/images/image-data";
import type { ImageProcessor } from "@/server/files/images/image-processor";
import { readImageTensors } from "@/server/files/images/image-tensors";
import { PixelFile } from "@/server/files/images/pixel-file";
import { sizedPixels } from "@/server/files/images/prepare-image";
import { preparedInput } from "@/server/runtime/models/image-input";
import type { ImageBase } from "@/server/runtime/models/load-base-model";
import type { ImageDataRow } from "./read-row";
import { readRows } from "./read-rows";
import type { RowSource } from "./row-source";

/** One image with what it is to answer. */
export type AnsweredImage = ImageDataRow & { readonly answer: RowAnswer };

/** How a model reads images. */
export type ImageReader<Answer> = {
  /** Of the model. */
  readonly path: string;
  /** @throws FileError where the model reads no images */
  prepared(): { readonly processor: ImageProcessor; readonly channels: 1 | 3 };
  /** Why the model cannot read an image, to follow "an image"; null where it can. */
  problemOf(image: Images): string | null;
  tokensOf(image: Images): number;
  /** A label's answer as the task encodes it; of a row without one `null` is given. @throws Error where it cannot be learned */
  answerOf(label: string | null): Answer;
};

/** Images as an encoder reads them, with their answers as `imageRows` has them. */
export function answeredImages({ path, model }: ImageBase, answerOf: (label: string | null) => RowAnswer): RowSource<AnsweredImage> {
  return imageRows({
    path,
    answerOf,
    prepared: () => preparedInput(path, model.config),
    problemOf: (image) => model.inputs.problemOf({ image }),
    tokensOf: (image) => model.inputs.tokensOf({ image }),
  });
}

/** Images as a model reads them, with their answers; of images that were prepared beforehand NaN stands for none. */
export function imageRows<Answer>(reader: ImageReader<Answer | number>): RowSource<ImageDataRow & { readonly answer: Answer | number }> {
  const { path } = reader;
  const answerAt = (label: string | null, place: string) => {
    try {
      return reader.answerOf(label);
    } catch (cause) {
      throw new Error(`${place}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  };
  const made = (image: Images, about: Omit<ImageDataRow, "image" | "tokens"> & { readonly answer: Answer | number }) => ({
    ...{ image, ...about },
    tokens: reader.tokensOf(image),
  });
  return {
    tokenised: (file) =>
      readImageTensors(file).map(({ answer, ...image }, at) => {
        const problem = reader.problemOf(image);
        if (problem !== null) throw new FileError("invalid", file, `pixel_values: an image ${problem}`);
        return made(image, { answer, domain: null, label: null, row: at });
      }),
    async texts(dataSet, wanted, { data: { mapping }, signal }) {
      if (mapping.kind !== "labelledImage")
        throw new FileError(
          "invalid",
          dataSet.path,
          `is mapped without images: ${path} reads images, so map an image column and a label column`,
        );
      const { processor, channels } = reader.prepared();
      const file = new PixelFile(processor);
      const make = async (columns: DataRow, at: number) => {
        const place = `row ${at}`;
        const { path: name, bytes } = imageOf(dataSet, columns, mapping.image, place);
        const decoded = await decodeImage(`${dataSet.path}: ${place}${name === null ? "" : ` (${name})`}`, bytes);
        const image = file.add(sizedPixels(decoded, processor, channels));
        const domain = mapping.domain === undefined ? null : textOf(columns, mapping.domain);
        const label = labelOf(columns, mapping.label);
        return made(image, { answer: answerAt(label, place), domain, label, row: at });
      };
      return readRows(dataSet, wanted, { columns: mappedColumns(mapping), withBytes: true, make }, signal);
    },
  };
}
