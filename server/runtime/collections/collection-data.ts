import type { RunConfig } from "@/lib/contract/run-config";
import { planRows, shuffled } from "@/server/files/data/row-plan";
import { FileError } from "@/server/files/file-error";
import { kindOfModel } from "@/server/runtime/models/kinds/model-kinds";
import type { LoadedBase } from "@/server/runtime/models/load-base-model";
import { demandSchedule } from "@/server/runtime/models/load-diffusion-base";
import { atTimesteps, evenTimesteps } from "@/server/runtime/rows/noised-rows";
import { type ReadRow, tokensOf } from "@/server/runtime/rows/read-row";
import { openData, type RowSource, type TokenRowData } from "@/server/runtime/rows/row-source";

type CollectionData = {
  readonly data: RunConfig["data"];
  /** Tokens kept of a row. */
  readonly maxTokens: number;
  readonly split: "validation" | "train" | "all";
  /** Tokens after which no more rows are read. */
  readonly tokenBudget: number;
  /** Where a diffusion model reads each image; absent, at evenly spread time steps. */
  readonly timesteps?: readonly number[] | undefined;
};

/** Every collection draws its rows in one order, so that two runs on the same data are read on the same text. */
const orderSeed = 0;

/**
 * The rows that a statistics pass reads, drawn evenly from the data; as many as the budget of tokens takes. A diffusion model reads each at several time steps.
 *
 * @throws FileError when the data cannot be read or there is none in the split
 */
export async function readCollectionRows(wanted: CollectionData, base: LoadedBase, signal: AbortSignal): Promise<ReadRow[]> {
  if (base.kind !== "diffusion") return readDataRows(wanted, base, signal);
  const { timesteps = evenTimesteps(demandSchedule(base).numTimesteps), tokenBudget } = wanted;
  return atTimesteps(await readDataRows({ ...wanted, tokenBudget: tokenBudget / timesteps.length }, base, signal), timesteps);
}

async function readDataRows(
  { data, maxTokens, split, tokenBudget }: CollectionData,
  base: LoadedBase,
  signal: AbortSignal,
): Promise<ReadRow[]> {
  const source = kindOfModel(base).rows(base);
  if (data.kind === "tokenRows") return within(readTokenised(source, data, split), tokenBudget);
  const dataSet = await openData(data);
  const plan = await planRows(dataSet, data.mapping, data);
  const chosen = { train: [plan.train], validation: [plan.validation], all: [plan.train, plan.validation] }[split];
  const order = shuffled(Int32Array.from(chosen.flatMap((rows) => [...rows])), orderSeed);
  if (order.length === 0) throw new FileError("invalid", dataSet.path, `has no rows in the split "${split}"`);
  const rows: ReadRow[] = [];
  let tokens = 0;
  while (tokens < tokenBudget && rows.length < order.length) {
    const tokensARow = rows.length === 0 ? maxTokens : tokens / rows.length;
    const count = Math.ceil((1.05 * (tokenBudget - tokens)) / tokensARow);
    const wanted = order.subarray(rows.length, rows.length + count);
    for (const row of await source.texts(dataSet, wanted, { data, maxTokens, signal })) {
      rows.push(row);
      tokens += tokensOf(row).length;
    }
  }
  return within(rows, tokenBudget);
}

/** One numbering for both files, the held-out rows after the others. */
function readTokenised(source: RowSource<ReadRow>, { path, validationPath }: TokenRowData, split: CollectionData["split"]): ReadRow[] {
  const train = split === "validation" ? [] : source.tokenised(path);
  const validation = split === "train" || validationPath === undefined ? [] : source.tokenised(validationPath);
  return [...train, ...validation].map((one, row) => ({ ...one, row }));
}

/** The first rows that fill the budget; the one that reaches it is the last. */
export function within(rows: readonly ReadRow[], tokenBudget: number): ReadRow[] {
  let tokens = 0;
  const end = rows.findIndex((row) => {
    tokens += tokensOf(row).length;
    return tokens >= tokenBudget;
  });
  return end < 0 ? [...rows] : rows.slice(0, end + 1);
}
