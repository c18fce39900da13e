import type { RunConfig } from "@/lib/contract/run-config";
import { readAnsweredTokenRows } from "@/server/files/data/answered-token-rows";
import { openDataSet } from "@/server/files/data/data-set";
import { planRows, shuffled } from "@/server/files/data/row-plan";
import { FileError } from "@/server/files/file-error";
import { isEncoderBase, type LoadedBase } from "@/server/runtime/models/load-base-model";
import { demandTokenizer } from "@/server/runtime/models/load-tokenizer";
import { plainRow, readPlainRows } from "@/server/runtime/rows/answered-row";
import { readTextRows } from "@/server/runtime/rows/read-text-rows";
import { readTokenRowFile, type TokenRow } from "@/server/runtime/rows/token-row";

type CollectionData = {
  readonly data: RunConfig["data"];
  /** Tokens kept of a row. */
  readonly maxTokens: number;
  readonly split: "validation" | "train" | "all";
  /** Tokens after which no more rows are read. */
  readonly tokenBudget: number;
};

type TokenRowData = Extract<RunConfig["data"], { kind: "tokenRows" }>;

/** Every collection draws its rows in one order, so that two runs on the same data are read on the same text. */
const orderSeed = 0;

/**
 * The rows that a statistics pass reads, drawn evenly from the data; as many as the budget of tokens takes.
 *
 * @throws FileError when the data cannot be read or there is none in the split
 */
export async function readCollectionRows(
  { data, maxTokens, split, tokenBudget }: CollectionData,
  base: LoadedBase,
  signal: AbortSignal,
): Promise<TokenRow[]> {
  if (data.kind === "tokenRows") {
    const read = isEncoderBase(base) ? readAnswered : readTokenised;
    return within(read(data, split, base.model.config.vocab), tokenBudget);
  }
  if (data.path === undefined) throw new Error("data.path is missing: the path of the dataset");
  const tokenizer = demandTokenizer(base.tokenizer, base.path);
  const dataSet = openDataSet(data.path);
  const plan = await planRows(dataSet, data.mapping, data);
  const chosen = { train: [plan.train], validation: [plan.validation], all: [plan.train, plan.validation] }[split];
  const order = shuffled(Int32Array.from(chosen.flatMap((rows) => [...rows])), orderSeed);
  if (order.length === 0) throw new FileError("invalid", data.path, `has no rows in the split "${split}"`);
  const options = { tokenizer, mapping: data.mapping, maxTokens, useChatTemplate: data.useChatTemplate, signal };
  const rows: TokenRow[] = [];
  let tokens = 0;
  while (tokens < tokenBudget && rows.length < order.length) {
    const tokensARow = rows.length === 0 ? maxTokens : tokens / rows.length;
    const count = Math.ceil((1.05 * (tokenBudget - tokens)) / tokensARow);
    const wanted = order.subarray(rows.length, rows.length + count);
    const more = isEncoderBase(base)
      ? await readPlainRows(dataSet, wanted, { ...options, typeVocab: base.model.config.typeVocab })
      : await readTextRows(dataSet, wanted, options);
    for (const row of more) {
      rows.push(row);
      tokens += row.ids.length;
    }
  }
  return within(rows, tokenBudget);
}

function readTokenised(data: TokenRowData, split: CollectionData["split"], vocab: number): TokenRow[] {
  const options = { vocab, purpose: "read" } as const;
  const train = readTokenRowFile(data.path, options);
  const validation = data.validationPath === undefined ? [] : readTokenRowFile(data.validationPath, options);
  if (split === "train") return train;
  if (split === "validation") return validation;
  // One numbering for both files, the held-out rows after the others.
  return [...train, ...validation.map((row) => ({ ...row, row: row.row + train.length }))];
}

/** Rows for an encoder, their classes or targets left aside. */
function readAnswered({ path, validationPath }: TokenRowData, split: CollectionData["split"], vocab: number): TokenRow[] {
  const train = split === "validation" ? [] : readAnsweredTokenRows(path, { vocab });
  const validation = split === "train" || validationPath === undefined ? [] : readAnsweredTokenRows(validationPath, { vocab });
  return [...train, ...validation].map((row, number) => plainRow({ ...row, domain: null, row: number }));
}

/** The first rows that fill the budget; the one that reaches it is the last. */
export function within(rows: readonly TokenRow[], tokenBudget: number): TokenRow[] {
  let tokens = 0;
  const end = rows.findIndex(({ ids }) => {
    tokens += ids.length;
    return tokens >= tokenBudget;
  });
  return end < 0 ? [...rows] : rows.slice(0, end + 1);
}
