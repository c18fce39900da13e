import { join } from "node:path";
import { tasks } from "@/lib/contract/tasks/tasks";
import type { Attribution } from "@/server/engine/effects/attribution";
import { startEngine } from "@/server/engine/tensor/backend";
import { wholly } from "@/server/engine/tensor/in-parts";
import { writeFileAtomically } from "@/server/files/atomic-write";
import { readCollectionRows } from "@/server/runtime/collections/collection-data";
import { collectLatents } from "@/server/runtime/collections/collection-session";
import { kindOfModel } from "@/server/runtime/models/kinds/model-kinds";
import { demandAdapter } from "@/server/runtime/models/loaded-top";
import { createRuntime } from "@/server/runtime/runtime";
import { taskOfModel } from "@/server/runtime/tasks/task-runtimes";
import { readLatentRecord } from "@/server/runtime/training/latent-record-file";
import { type Arguments, countOr } from "./arguments";
import { classLines } from "./class-csv";
import { dataFor } from "./data-input";
import { domainLines } from "./domain-csv";
import { exampleLines } from "./example-lines";
import { type LatentKnowledge, latentLines } from "./latent-csv";
import { writeInto } from "./output-folder";
import { precisionAsked } from "./precision-asked";
import { timestepsAsked } from "./timesteps-asked";

const defaultLength = 512;
const defaultBatchRows = 8;

/** Writes `latents.csv` and `examples.jsonl` of an adapter over a corpus, `domains.csv` where that has domains, and `classes.csv` where it is of images with classes. */
export async function collect(given: Arguments): Promise<void> {
  const output = given.required("output");
  const batchRows = countOr(given, "batch-rows", defaultBatchRows);
  const tokenBudget = countOr(given, "max-tokens", Number.POSITIVE_INFINITY);
  const attributionRows = countOr(given, "attribution-rows", 0, 0);
  const seed = countOr(given, "seed", 0, 0);
  const input = given.required("input");
  const model = given.required("model");
  const data = await dataFor(input, model);
  await startEngine();
  const runtime = createRuntime(() => performance.now());
  const adapterFolder = given.required("adapter");
  const { value } = await runtime.model({ path: model, precision: precisionAsked(given), folder: adapterFolder }, "background");
  const { base } = value;
  const adapter = demandAdapter(value, adapterFolder);
  const maxTokens = Math.min(countOr(given, "max-length", defaultLength), kindOfModel(base).longestRow(base));
  const signal = new AbortController().signal;
  const timesteps = base.kind === "diffusion" ? timestepsAsked(given, base) : undefined;
  const rows = await readCollectionRows({ data, maxTokens, split: "all", tokenBudget, timesteps }, base, signal);
  const collected = await collectLatents({
    base,
    adapter,
    rows,
    batchRows,
    seed,
    isClassified: tasks[kindOfModel(base).taskOf(value)].labels === "classes",
    turns: runtime.turns,
    signal,
    onProgress: async () => {},
  });
  const attribution = async (): Promise<Attribution | null> => {
    if (attributionRows === 0) return null;
    const source = { data, maxTokens, count: attributionRows, collected: rows, signal };
    const measured = await taskOfModel(value).inputRows({ ...value, adapter, folder: adapterFolder }, source);
    return wholly(measured.attribute());
  };
  const { tokenizer } = base;
  const about: LatentKnowledge = {
    collected,
    attribution: await attribution(),
    decoderNorms: adapter.decoderNorms(),
    record: readLatentRecord(adapterFolder),
    tokenText: (id) => tokenizer?.tokenText(id) ?? String(id),
  };
  writeInto(output, (folder) => {
    writeFileAtomically(join(folder, "latents.csv"), latentLines(about));
    if (collected.domains.length > 0) writeFileAtomically(join(folder, "domains.csv"), domainLines(collected));
    if (collected.classes.length > 0) writeFileAtomically(join(folder, "classes.csv"), classLines(collected));
    writeFileAtomically(join(folder, "examples.jsonl"), exampleLines(collected, tokenizer));
  });
}
