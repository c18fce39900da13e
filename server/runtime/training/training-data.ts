import type { RunConfig } from "@/lib/contract/run-config";
import { openDataSet } from "@/server/files/data/data-set";
import { demandFewDomains, planRows, shuffled, spread } from "@/server/files/data/row-plan";
import { FileError } from "@/server/files/file-error";
import { hashFiles } from "@/server/runtime/hash-files";
import type { BaseModel } from "@/server/runtime/models/load-base-model";
import { demandTokenizer } from "@/server/runtime/models/load-tokenizer";
import { readTextRows } from "@/server/runtime/rows/read-text-rows";
import { labelCount, readTokenRowFile, type TokenRow } from "@/server/runtime/rows/token-row";

/** What a run trains on and is evaluated on. */
export type TrainingRows = {
  /** In the order in which they are taken when nothing is shuffled. */
  readonly train: readonly TokenRow[];
  readonly validation: readonly TokenRow[];
  /** Rows left out since the loss counts none of their tokens. */
  readonly withoutLabels: number;
  /** SHA-256 of the data's files. */
  readonly hash: string;
};

type Settings = Pick<RunConfig, "data" | "training">;

/**
 * Reads the rows that a run needs, no more: of a large data set those that its steps will come to, drawn by the run's seed.
 *
 * @throws FileError naming file and row, when the data cannot be read or nothing in it can be trained on
 */
export async function readTrainingRows({ data, training }: Settings, base: BaseModel, signal: AbortSignal): Promise<TrainingRows> {
  const rows = data.kind === "tokenRows" ? await readTokenised(data, base) : await readTexts({ data, training }, base, signal);
  // Rows that somebody laid out in batches stay where they are; a trainer passes over those without labels.
  const train = data.kind === "tokenRows" ? rows.train : rows.train.filter((row) => labelCount(row) > 0);
  const validation = rows.validation.filter((row) => labelCount(row) > 0);
  if (!train.some((row) => labelCount(row) > 0)) {
    const named = rows.train.slice(0, 5).map(({ row }) => row);
    throw new FileError(
      "invalid",
      rows.path,
      `no token of any row carries loss (rows ${named.join(", ")}${rows.train.length > 5 ? ", …" : ""} and all others): check the loss mask, and maxTokens, which may truncate the part to be learned`,
    );
  }
  return { train, validation, withoutLabels: rows.train.length - train.length, hash: rows.hash };
}

type ReadRows = { train: TokenRow[]; validation: TokenRow[]; hash: string; path: string };

async function readTokenised(data: Extract<RunConfig["data"], { kind: "tokenRows" }>, base: BaseModel): Promise<ReadRows> {
  const options = { vocab: base.model.config.vocab, purpose: "train" } as const;
  const { path, validationPath } = data;
  return {
    train: readTokenRowFile(path, options),
    validation: validationPath === undefined ? [] : readTokenRowFile(validationPath, options),
    hash: await hashFiles([path]),
    path,
  };
}

async function readTexts(
  { data, training }: { data: Extract<RunConfig["data"], { kind: "dataSet" }>; training: RunConfig["training"] },
  base: BaseModel,
  signal: AbortSignal,
): Promise<ReadRows> {
  if (data.path === undefined) throw new Error("data.path is missing: the path of the dataset");
  const tokenizer = demandTokenizer(base.tokenizer, base.path);
  const dataSet = openDataSet(data.path);
  const plan = await planRows(dataSet, data.mapping, data);
  demandFewDomains(dataSet, data.mapping, plan);
  const needed = training.steps * training.batchRows;
  const order = training.shuffle ? shuffled(plan.train, training.seed) : plan.train;
  const chosen = order.subarray(0, needed);
  const heldOut = spread(plan.validation, training.evaluationRows);
  const options = { tokenizer, mapping: data.mapping, maxTokens: training.maxTokens, useChatTemplate: data.useChatTemplate, signal };
  const all = await readTextRows(dataSet, Int32Array.from([...chosen, ...heldOut]), options);
  return {
    train: all.slice(0, chosen.length),
    validation: all.slice(chosen.length),
    hash: `sha256:${await dataSet.contentHash()}`,
    path: data.path,
  };
}
