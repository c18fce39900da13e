import { existsSync } from "node:fs";
import { extname, join } from "node:path";
import type { RunConfig } from "@/lib/contract/run-config";
import { exampleList } from "@/server/engine/features/example-list";
import { latentTable } from "@/server/engine/features/latent-table";
import { startEngine } from "@/server/engine/tensor/backend";
import { createFolder, writeFileAtomically } from "@/server/files/atomic-write";
import { openDataSet, takeRows } from "@/server/files/data/data-set";
import { detectShape } from "@/server/files/data/data-set-shape";
import { FileError } from "@/server/files/file-error";
import { readCollectionRows } from "@/server/runtime/collections/collection-data";
import { type CollectedLatents, collectLatents } from "@/server/runtime/collections/collection-session";
import type { BaseModel } from "@/server/runtime/models/load-base-model";
import { createRuntime } from "@/server/runtime/runtime";
import { type Arguments, parseCount } from "./arguments";

const defaultLength = 512;
const defaultBatchRows = 8;

/** Writes `latents.csv` and `examples.jsonl` of an adapter over a corpus. */
export async function collect(given: Arguments): Promise<void> {
  const output = given.required("output");
  const count = (flag: string, otherwise: number) => {
    const text = given.value(flag);
    return text === undefined ? otherwise : parseCount(flag, text, 1);
  };
  const batchRows = count("batch-rows", defaultBatchRows);
  const tokenBudget = count("max-tokens", Number.POSITIVE_INFINITY);
  const data = await dataAt(given.required("input"));
  await startEngine();
  const runtime = createRuntime(() => performance.now());
  const base = await runtime.base(given.required("model"), "exact", "background");
  const adapter = await runtime.adapter(given.required("adapter"), base.value, "background");
  const maxTokens = Math.min(count("max-length", defaultLength), base.value.model.config.contextLength);
  const signal = new AbortController().signal;
  const rows = await readCollectionRows({ data, maxTokens, split: "all", tokenBudget }, base.value, signal);
  const collected = await collectLatents({
    base: base.value,
    adapter: adapter.value,
    rows,
    batchRows,
    turns: runtime.turns,
    signal,
    onProgress: async () => {},
  });
  const write = (folder: string) => {
    writeFileAtomically(join(folder, "latents.csv"), latentLines(collected, base.value));
    writeFileAtomically(join(folder, "examples.jsonl"), exampleLines(collected, base.value));
  };
  if (existsSync(output)) write(output);
  else createFolder(output, write);
}

/** Tokenised rows, or texts whose columns are recognised by their names. */
async function dataAt(path: string): Promise<RunConfig["data"]> {
  if (extname(path) === ".safetensors") return { kind: "tokenRows", path };
  const rows = await takeRows(openDataSet(path), 0, 20);
  if (rows.length === 0) throw new FileError("invalid", path, "has no rows: give a file with at least one text");
  const mapping = detectShape(rows);
  if (mapping === null) {
    throw new FileError(
      "invalid",
      path,
      "has no columns that are recognised: text, or prompt and completion, or instruction and output, or messages",
    );
  }
  return { kind: "dataSet", path, mapping, useChatTemplate: false, domains: null, validationRows: 0 };
}

const columns = [
  "module",
  "index",
  "fireCount",
  "tokens",
  "density",
  "meanActivation",
  "maxActivation",
  "minActivation",
  "selectivity",
  "topDomain",
  "topTokens",
];

function* latentLines({ statistics, domains }: CollectedLatents, base: BaseModel): Generator<string> {
  yield `${columns.join(",")}\n`;
  const tokenText = (id: number) => base.tokenizer?.tokenText(id) ?? String(id);
  for (const [name, module] of statistics.modules) {
    for (const row of latentTable(statistics, module, tokenText)) {
      const topDomain = row.topDomain === null ? null : (domains[row.topDomain] ?? null);
      const topTokens = row.topTokens.map(({ token, count }) => `${token}:${count}`).join(" ");
      const { index, fireCount, density, meanActivation, maxActivation, minActivation, selectivity } = row;
      const cells = [
        name,
        index,
        fireCount,
        statistics.tokens,
        density,
        meanActivation,
        maxActivation,
        minActivation,
        selectivity,
        topDomain,
        topTokens,
      ];
      yield `${cells.map(cell).join(",")}\n`;
    }
  }
}

function cell(value: string | number | null): string {
  if (value === null) return "";
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function* exampleLines({ statistics, rows }: CollectedLatents, base: BaseModel): Generator<string> {
  const tokensOf = (row: number) => rows.get(row)?.ids ?? new Int32Array(0);
  for (const [module, statistic] of statistics.modules) {
    for (let index = 0; index < statistic.shape.numLatents; index++) {
      for (const [rank, example] of exampleList(statistic, index, tokensOf).entries()) {
        const { activation, row, position, from, to, duplicates } = example;
        const tokens = [...tokensOf(row)].slice(from, to);
        const texts = base.tokenizer === null ? {} : { texts: tokens.map((id) => base.tokenizer?.tokenText(id) ?? "") };
        const activations = tokens.map((_, at) => activationAt(example, from + at));
        yield `${JSON.stringify({ module, index, rank, activation, row, position, peak: position - from, tokens, ...texts, activations, duplicates })}\n`;
      }
    }
  }
}

function activationAt({ firingPositions, firingActivations }: ReturnType<typeof exampleList>[number], position: number): number {
  const place = firingPositions.indexOf(position);
  return place < 0 ? 0 : (firingActivations[place] ?? 0);
}
