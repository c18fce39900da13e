import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { type Attribution, attributeLatents } from "@/server/engine/effects/attribution";
import { decoderNorms } from "@/server/engine/effects/latent-vectors";
import { batchRows as layBatches } from "@/server/engine/models/row-batches";
import { startEngine } from "@/server/engine/tensor/backend";
import { createFolder, writeFileAtomically } from "@/server/files/atomic-write";
import { spread } from "@/server/files/data/row-plan";
import { FileError } from "@/server/files/file-error";
import { readCollectionRows } from "@/server/runtime/collections/collection-data";
import { collectLatents } from "@/server/runtime/collections/collection-session";
import type { BaseModel } from "@/server/runtime/models/load-base-model";
import { labelCount, type TokenRow } from "@/server/runtime/rows/token-row";
import { createRuntime } from "@/server/runtime/runtime";
import { readLatentRecord } from "@/server/runtime/training/latent-record-file";
import { type Arguments, parseCount } from "./arguments";
import { dataAt } from "./data-input";
import { exampleLines } from "./example-lines";
import { type LatentKnowledge, latentLines } from "./latent-csv";

const defaultLength = 512;
const defaultBatchRows = 8;

/** Tokens of one backward pass, padding counted. */
const backwardTokens = 1024;

/** Writes `latents.csv` and `examples.jsonl` of an adapter over a corpus. */
export async function collect(given: Arguments): Promise<void> {
  const output = given.required("output");
  const count = (flag: string, otherwise: number, least = 1) => {
    const text = given.value(flag);
    return text === undefined ? otherwise : parseCount(flag, text, least);
  };
  const batchRows = count("batch-rows", defaultBatchRows);
  const tokenBudget = count("max-tokens", Number.POSITIVE_INFINITY);
  const attributionRows = count("attribution-rows", 0, 0);
  const seed = count("seed", 0, 0);
  const input = given.required("input");
  const data = await dataAt(input);
  await startEngine();
  const runtime = createRuntime(() => performance.now());
  const base = await runtime.base(given.required("model"), "exact", "background");
  const adapterFolder = given.required("adapter");
  const adapter = await runtime.adapter(adapterFolder, base.value, "background");
  const maxTokens = Math.min(count("max-length", defaultLength), base.value.model.config.contextLength);
  const signal = new AbortController().signal;
  const rows = await readCollectionRows({ data, maxTokens, split: "all", tokenBudget }, base.value, signal);
  const collected = await collectLatents({
    base: base.value,
    adapter: adapter.value,
    rows,
    batchRows,
    seed,
    turns: runtime.turns,
    signal,
    onProgress: async () => {},
  });
  const { tokenizer } = base.value;
  const about: LatentKnowledge = {
    collected,
    attribution: attributionRows === 0 ? null : attribute(base.value, adapter.value, labelledRows(input, rows, attributionRows)),
    decoderNorms: decoderNorms(adapter.value),
    record: readLatentRecord(adapterFolder),
    tokenText: (id) => tokenizer?.tokenText(id) ?? String(id),
  };
  const write = (folder: string) => {
    writeFileAtomically(join(folder, "latents.csv"), latentLines(about));
    writeFileAtomically(join(folder, "examples.jsonl"), exampleLines(collected, tokenizer));
  };
  if (existsSync(output)) write(output);
  else createFolder(output, write);
}

/** So many of the rows that carry loss, evenly spread. @throws FileError where none does */
function labelledRows(path: string, rows: readonly TokenRow[], count: number): TokenRow[] {
  const labelled = rows.filter((row) => labelCount(row) > 0);
  if (labelled.length === 0)
    throw new FileError("invalid", path, "the loss counts no token of any row, so nothing can be attributed; leave out --attribution-rows");
  return Array.from(spread(Int32Array.from(labelled.keys()), count), (place) => labelled[place] as TokenRow);
}

function attribute({ model }: BaseModel, adapter: Adapter, rows: readonly TokenRow[]): Attribution {
  const passes = attributeLatents(
    model,
    adapter,
    layBatches(rows, backwardTokens).map(({ batch }) => batch),
  );
  for (;;) {
    const { done, value } = passes.next();
    if (done === true) return value;
  }
}
