import { basename, join } from "node:path";
import { csvField } from "@/lib/numbers/csv-field";
import { formatFixed, formatInteger, formatSigned } from "@/lib/numbers/format";
import { Adapter } from "@/server/engine/adapters/adapter";
import { mergeAdapters } from "@/server/engine/adapters/merge";
import { type InterferenceLine, interference } from "@/server/engine/evaluation/interference";
import { startEngine } from "@/server/engine/tensor/backend";
import { wholly } from "@/server/engine/tensor/in-parts";
import { writeAdapter } from "@/server/files/adapters/adapter-folder";
import { mergedConfig } from "@/server/files/adapters/merged-config";
import { writeFileAtomically } from "@/server/files/atomic-write";
import { adapterOf, readAdapterFor } from "@/server/runtime/models/load-adapter";
import { type BaseModel, demandText } from "@/server/runtime/models/load-base-model";
import { loadModel } from "@/server/runtime/models/loaded-model";
import { longestRow } from "@/server/runtime/models/run-context";
import { type Arguments, countOr, parseNumber, UsageError } from "./arguments";
import { dataAt } from "./data-input";
import { readLabelledTexts } from "./labelled-texts";
import { precisionAsked } from "./precision-asked";

/** Both our choice. */
const defaults = { length: 512, rows: 128 };

/** Writes one adapter whose update is the weighted sum of those of several, and with texts how they interfere: `interference.csv`. */
export async function merge(given: Arguments): Promise<void> {
  const output = given.required("output");
  const folders = listOf(given.required("adapters"));
  const weights = weightsOf(given.value("weights"), folders.length);
  const inputs = listOf(given.value("input") ?? "");
  const [length, maxRows] = [countOr(given, "max-length", defaults.length), countOr(given, "max-rows", defaults.rows, 2)];
  const data = await Promise.all(inputs.map(async (path) => ({ path, data: await dataAt(path, null) })));
  await startEngine();
  const base = demandText(loadModel({ path: given.required("model"), precision: precisionAsked(given), folder: undefined }).base);
  const { projections } = base.model;
  const read = folders.map((folder) => {
    const stored = readAdapterFor(folder, base.model);
    return { name: folder, stored, adapter: adapterOf(stored, projections) };
  });
  const parts = read.map(({ adapter, stored: { tensors } }, at) => ({ modules: adapter.modules, tensors, weight: weights[at] ?? 1 }));
  const names = projections.map(({ module }) => module);
  const merged = mergeAdapters(parts, names);
  const [first] = read;
  if (first === undefined) throw new UsageError("--adapters names no folder");
  const config = mergedConfig(first.stored.config, new Map(merged.modules.map((module) => [module.module, module])), names);
  writeAdapter(output, { config, tensors: new Map(merged.tensors) });
  const latents = merged.modules.reduce((sum, { numLatents }) => sum + numLatents, 0);
  process.stdout.write(
    `${formatInteger(folders.length)} adapters merged: ${formatInteger(latents)} latents in ${formatInteger(merged.modules.length)} modules\n`,
  );
  if (data.length === 0) return;
  const arms = read.map(({ name, adapter }) => ({ name: basename(name), adapter }));
  const together = { name: "merged", adapter: new Adapter(merged.modules, merged.tensors, projections) };
  const sets = await Promise.all(data.map((one) => readSet(base, one, { length, maxRows })));
  const longest = Math.max(...sets.map(({ rows }) => longestRow(rows)));
  const lines = wholly(interference(base.model.forContext(longest), sets, arms, together));
  writeFileAtomically(join(output, "interference.csv"), linesOf(lines));
  for (const line of lines) process.stdout.write(`${lineOf(line)}\n`);
}

type Read = { readonly length: number; readonly maxRows: number };

async function readSet(
  base: BaseModel,
  { path, data }: { path: string; data: Awaited<ReturnType<typeof dataAt>> },
  { length, maxRows }: Read,
) {
  const { signal } = new AbortController();
  return { name: basename(path), rows: await readLabelledTexts(base, { data, maxTokens: length, maxRows, signal }) };
}

function listOf(text: string): string[] {
  return text
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean);
}

function weightsOf(text: string | undefined, adapters: number): number[] {
  if (text === undefined) return new Array<number>(adapters).fill(1);
  const weights = listOf(text).map((one) => parseNumber("weights", one));
  if (weights.length === adapters) return weights;
  throw new UsageError(`--weights has ${weights.length} numbers for ${adapters} adapters: give one for each`);
}

const columns = ["texts", "arm", "loss", "change", "changeHalfWidth", "merged", "mergedHalfWidth", "rows"];

function* linesOf(lines: readonly InterferenceLine[]): Generator<string> {
  yield `${columns.join(",")}\n`;
  for (const { texts, arm, loss, change, merged } of lines) {
    const cells = [texts, arm, loss, change.mean, change.halfWidth, merged?.mean ?? null, merged?.halfWidth ?? null, change.count];
    yield `${cells.map(csvField).join(",")}\n`;
  }
}

function lineOf({ texts, arm, loss, merged }: InterferenceLine): string {
  const others =
    merged === null
      ? ""
      : `, ${formatSigned(merged.mean, 4)}${merged.halfWidth === null ? "" : ` ± ${formatFixed(merged.halfWidth, 4)}`} with the others on`;
  return `${texts}: loss ${formatFixed(loss, 4)} with ${arm}${others}`;
}
