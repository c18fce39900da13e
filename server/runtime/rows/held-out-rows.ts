import type { RunConfig } from "@/lib/contract/run-config";
import { openDataSet } from "@/server/files/data/data-set";
import { planRows, spread } from "@/server/files/data/row-plan";
import type { BaseModel } from "@/server/runtime/models/load-base-model";
import { demandTokenizer } from "@/server/runtime/models/load-tokenizer";
import { readTextRows } from "./read-text-rows";
import { labelCount, readTokenRowFile, type TokenRow } from "./token-row";

type HeldOut = {
  readonly data: RunConfig["data"];
  /** Tokens kept of a row. */
  readonly maxTokens: number;
  /** Most rows. */
  readonly count: number;
};

/**
 * Rows that a run did not train on, evenly spaced over them; those without a label token are left out.
 *
 * @returns none where the data holds none out
 * @throws FileError when the data cannot be read
 */
export async function readHeldOutRows({ data, maxTokens, count }: HeldOut, base: BaseModel, signal: AbortSignal): Promise<TokenRow[]> {
  const rows = data.kind === "tokenRows" ? readTokenised(data, count, base) : await readTexts(data, maxTokens, count, base, signal);
  return rows.filter((row) => labelCount(row) > 0);
}

function readTokenised({ validationPath }: Extract<RunConfig["data"], { kind: "tokenRows" }>, count: number, base: BaseModel): TokenRow[] {
  if (validationPath === undefined) return [];
  const rows = readTokenRowFile(validationPath, { vocab: base.model.config.vocab, purpose: "train" });
  return Array.from(spread(Int32Array.from(rows.keys()), count)).flatMap((place) => rows[place] ?? []);
}

async function readTexts(
  data: Extract<RunConfig["data"], { kind: "dataSet" }>,
  maxTokens: number,
  count: number,
  base: BaseModel,
  signal: AbortSignal,
): Promise<TokenRow[]> {
  if (data.path === undefined) throw new Error("data.path is missing: the path of the dataset");
  const dataSet = openDataSet(data.path);
  const plan = await planRows(dataSet, data.mapping, data);
  const tokenizer = demandTokenizer(base.tokenizer, base.path);
  const options = { tokenizer, mapping: data.mapping, maxTokens, useChatTemplate: data.useChatTemplate, signal };
  return readTextRows(dataSet, spread(plan.validation, count), options);
}
