import type { RunConfig } from "@/lib/contract/run-config";
import { FileError } from "@/server/files/file-error";
import type { BaseModel } from "@/server/runtime/models/load-base-model";
import { planTraining, readTokenisedTraining, readTrainingRows, type TrainingRows } from "@/server/runtime/rows/row-source";
import { textRows } from "@/server/runtime/rows/text-rows";
import { labelCount, type TokenRow } from "@/server/runtime/rows/token-row";

/** What a language model trains on and is evaluated on. */
export type TextTraining = TrainingRows<TokenRow> & {
  /** Rows left out since the loss counts none of their tokens. */
  readonly withoutLabels: number;
};

type Settings = Pick<RunConfig, "data" | "training">;

/** @throws FileError naming file and row, when the data cannot be read or nothing in it can be trained on */
export async function readTextTraining({ data, training }: Settings, base: BaseModel, signal: AbortSignal): Promise<TextTraining> {
  const isTokenised = data.kind === "tokenRows";
  const source = textRows(base, "train");
  const rows = isTokenised
    ? await readTokenisedTraining(source, data)
    : await readTrainingRows(source, { data, training }, await planTraining(data), signal);
  // Rows that somebody laid out in batches stay where they are; a trainer passes over those without labels.
  const train = isTokenised ? rows.train : rows.train.filter((row) => labelCount(row) > 0);
  const validation = rows.validation.filter((row) => labelCount(row) > 0);
  if (!train.some((row) => labelCount(row) > 0)) {
    const named = rows.train.slice(0, 5).map(({ row }) => row);
    throw new FileError(
      "invalid",
      data.path ?? "",
      `no token of any row carries loss (rows ${named.join(", ")}${rows.train.length > 5 ? ", …" : ""} and all others): check the loss mask, and maxTokens, which may truncate the part to be learned`,
    );
  }
  return { train, validation, withoutLabels: rows.train.length - train.length, hash: rows.hash };
}
