import { imageColumnOf } from "@/lib/contract/data-set";
import type { Images } from "@/server/engine/models/images";
import { tokeniseRow } from "@/server/engine/text/rows";
import type { DataRow } from "@/server/files/data/data-row";
import type { DataSet } from "@/server/files/data/data-set";
import { mappedColumns } from "@/server/files/data/mapped-columns";
import { decodeImage } from "@/server/files/images/decode-image";
import { imageOf } from "@/server/files/images/image-data";
import { PixelFile } from "@/server/files/images/pixel-file";
import { sizedPixels } from "@/server/files/images/prepare-image";
import type { BaseModel } from "@/server/runtime/models/load-base-model";
import { demandTokenizer } from "@/server/runtime/models/load-tokenizer";
import { type PromptImages, promptImages } from "@/server/runtime/models/prompt-images";
import { readRows } from "./read-rows";
import type { RowSource } from "./row-source";
import { readTokenRowFile, type TokenRow } from "./token-row";

/** Rows as a language model reads them. @param purpose of rows that are tokenised beforehand: to train needs labels */
export function textRows(base: BaseModel, purpose: "train" | "read"): RowSource<TokenRow> {
  const { path, tokenizer, model } = base;
  return {
    tokenised: (file) => readTokenRowFile(file, { vocab: model.config.vocab, purpose, reader: model.images }),
    async texts(dataSet, wanted, { data: { mapping, useChatTemplate }, maxTokens, signal }) {
      const own = demandTokenizer(tokenizer, path);
      const template = useChatTemplate ? "chat" : "plain";
      const column = imageColumnOf(mapping);
      const images = promptImages(base, own);
      const read = column === undefined || images === undefined ? undefined : imageReader(dataSet, column, images);
      const make = async (columns: DataRow, row: number): Promise<TokenRow> => {
        const { ids, labels, domain } = tokeniseRow(own, columns, mapping, { maxTokens, template, rowNumber: row, images });
        return { ids, labels, domain, row, images: await read?.(columns, row) };
      };
      return readRows(dataSet, wanted, { columns: mappedColumns(mapping), withBytes: column !== undefined, make }, signal);
    },
  };
}

/** Prepares the image of each row; a temporary file holds them. */
function imageReader(dataSet: DataSet, column: string, { prepared: { processor, channels } }: PromptImages) {
  const file = new PixelFile(processor);
  return async (columns: DataRow, row: number): Promise<Images> => {
    const place = `row ${row}`;
    const { path: name, bytes } = imageOf(dataSet, columns, column, place);
    const decoded = await decodeImage(`${dataSet.path}: ${place}${name === null ? "" : ` (${name})`}`, bytes);
    return file.add(sizedPixels(decoded, processor, channels));
  };
}
