import { labelColumnOf } from "@/lib/contract/data-set";
import type { RowAnswer } from "@/server/engine/tasks/answers/answer-task";
import type { AnsweredText } from "@/server/engine/tasks/answers/answered-rows";
import { tokeniseAnswered } from "@/server/engine/text/answered-rows";
import { noLoss } from "@/server/engine/text/rows";
import { readAnsweredTokenRows } from "@/server/files/data/answered-token-rows";
import type { DataRow } from "@/server/files/data/data-row";
import { mappedColumns } from "@/server/files/data/mapped-columns";
import { FileError } from "@/server/files/file-error";
import type { AnswerBase, EncoderBase } from "@/server/runtime/models/load-base-model";
import { demandTokenizer } from "@/server/runtime/models/load-tokenizer";
import { type AnsweredImage, answeredImages } from "./image-rows";
import type { ReadRow } from "./read-row";
import { readRows } from "./read-rows";
import type { DataSetData, RowSource } from "./row-source";

/** One text as an encoder reads it, without padding, with what it is to answer. */
export type AnsweredTextRow = AnsweredText & {
  readonly domain: string | null;
  /** The row's number in its data set, from 0. */
  readonly row: number;
};

/** One row as an encoder of texts or images reads it. */
export type AnsweredDataRow = AnsweredTextRow | AnsweredImage;

/**
 * Rows as an encoder reads them, with their answers; of rows that were tokenised beforehand NaN stands for none.
 *
 * @param answerOf a label's answer as the task encodes it; of a row without one `null` is given
 */
export function answeredRows(base: AnswerBase, answerOf: (label: string | null) => RowAnswer): RowSource<AnsweredDataRow> {
  return base.kind === "imageEncoder" ? answeredImages(base, answerOf) : answeredTexts(base, answerOf);
}

function answeredTexts({ path, tokenizer, model }: EncoderBase, answerOf: (label: string | null) => RowAnswer): RowSource<AnsweredTextRow> {
  return {
    tokenised: (file) => readAnsweredTokenRows(file, model.config).map((found, row) => ({ ...found, domain: null, row })),
    async texts(dataSet, wanted, { data: { mapping }, maxTokens, signal }) {
      const own = demandTokenizer(tokenizer, path);
      const { typeVocab } = model.config;
      const make = (columns: DataRow, row: number): AnsweredTextRow => {
        const { ids, tokenTypeIds, label, domain } = tokeniseAnswered(own, columns, mapping, { maxTokens, typeVocab, rowNumber: row });
        return { ids, tokenTypeIds, answer: answerOf(label), domain, row };
      };
      return readRows(dataSet, wanted, { columns: mappedColumns(mapping), make }, signal);
    },
  };
}

/** The rows as a collection reads them, without their answers; no token of them carries loss. */
export function plainRows(base: AnswerBase): RowSource<ReadRow> {
  const answered = answeredRows(base, () => Number.NaN);
  return {
    tokenised: (file) => answered.tokenised(file).map(plainRow),
    texts: async (dataSet, wanted, options) => (await answered.texts(dataSet, wanted, options)).map(plainRow),
  };
}

export function plainRow(answered: AnsweredDataRow): ReadRow {
  if (answered.image !== undefined) return answered;
  const { ids, tokenTypeIds, domain, row } = answered;
  return { ids, labels: new Int32Array(ids.length).fill(noLoss), tokenTypeIds, domain, row };
}

/** The column of labels. @throws FileError where the mapping names none */
export function labelColumn({ mapping, path }: DataSetData): string {
  const column = labelColumnOf(mapping);
  if (column !== undefined) return column;
  throw new FileError("invalid", path ?? "", "is mapped without labels: an encoder needs a column of texts or images, and a label column");
}
