import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Attribution, attributeAnswers, attributeLatents } from "@/server/engine/effects/attribution";
import type { LabelledBatch } from "@/server/engine/models/causal-model";
import { layRows } from "@/server/engine/models/encoders/answered-rows";
import { batchRows as layBatches } from "@/server/engine/models/row-batches";
import { startEngine } from "@/server/engine/tensor/backend";
import { createFolder, writeFileAtomically } from "@/server/files/atomic-write";
import { spread } from "@/server/files/data/row-plan";
import { FileError } from "@/server/files/file-error";
import { readCollectionRows } from "@/server/runtime/collections/collection-data";
import { collectLatents } from "@/server/runtime/collections/collection-session";
import { isEncoderBase, isEncoderCheckpoint } from "@/server/runtime/models/load-base-model";
import { demandAdapter } from "@/server/runtime/models/loaded-model";
import { plainRow } from "@/server/runtime/rows/answered-row";
import { labelCount, type TokenRow } from "@/server/runtime/rows/token-row";
import { createRuntime } from "@/server/runtime/runtime";
import { readLatentRecord } from "@/server/runtime/training/latent-record-file";
import { labelsOf, readAnsweredRowsOf } from "./answered-input";
import { type Arguments, parseCount } from "./arguments";
import { dataAt, encoderDataAt } from "./data-input";
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
  const model = given.required("model");
  const isOfEncoder = isEncoderCheckpoint(model);
  const data = await (isOfEncoder ? encoderDataAt(input) : dataAt(input));
  await startEngine();
  const runtime = createRuntime(() => performance.now());
  const adapterFolder = given.required("adapter");
  const { value } = await runtime.model({ path: model, precision: "exact", folder: adapterFolder }, "background");
  const { base, classifier } = value;
  const adapter = demandAdapter(value, adapterFolder);
  const maxTokens = Math.min(count("max-length", defaultLength), base.model.config.contextLength);
  const signal = new AbortController().signal;
  const rows = await readCollectionRows({ data, maxTokens, split: "all", tokenBudget }, base, signal);
  const collected = await collectLatents({
    base,
    adapter,
    rows,
    batchRows,
    seed,
    turns: runtime.turns,
    signal,
    onProgress: async () => {},
  });
  const attribution = async (): Promise<Attribution | null> => {
    if (attributionRows === 0) return null;
    if (!isEncoderBase(base)) return finished(attributeLatents(base.model, adapter, labelledBatches(input, rows, attributionRows)));
    if (classifier === undefined) throw new FileError("invalid", adapterFolder, "has no head, so there are no predictions to attribute");
    const { model: scoring, head } = classifier;
    const labels = labelsOf(adapterFolder, scoring.numLabels);
    const answered = await readAnsweredRowsOf({ data, labels, maxTokens, count: attributionRows }, base, signal);
    const batches = layBatches(answered.map(plainRow), backwardTokens).map(({ rows: own }) =>
      layRows(
        own.flatMap((place) => answered[place] ?? []),
        scoring,
      ),
    );
    return finished(attributeAnswers(scoring, () => head.read(), adapter, batches));
  };
  const { tokenizer } = base;
  const about: LatentKnowledge = {
    collected,
    attribution: await attribution(),
    decoderNorms: adapter.decoderNorms(),
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
function labelledBatches(path: string, rows: readonly TokenRow[], count: number): LabelledBatch[] {
  const labelled = rows.filter((row) => labelCount(row) > 0);
  if (labelled.length === 0)
    throw new FileError("invalid", path, "no token of any row carries loss, so nothing can be attributed; leave out --attribution-rows");
  const chosen = Array.from(spread(Int32Array.from(labelled.keys()), count), (place) => labelled[place] as TokenRow);
  return layBatches(chosen, backwardTokens).map(({ batch }) => batch);
}

function finished(passes: Generator<unknown, Attribution, void>): Attribution {
  for (;;) {
    const { done, value } = passes.next();
    if (done === true) return value;
  }
}
