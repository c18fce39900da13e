import { type GainResult, gainCells, gainColumns, latentsThatKeep } from "@/lib/contract/gain-kept";
import { csvField } from "@/lib/numbers/csv-field";
import { formatFixed, formatInteger, formatPercent } from "@/lib/numbers/format";
import { studyGain } from "@/server/engine/studies/study-gain";
import { startEngine } from "@/server/engine/tensor/backend";
import { wholly } from "@/server/engine/tensor/in-parts";
import { writeFileAtomically } from "@/server/files/atomic-write";
import { demandText } from "@/server/runtime/models/load-base-model";
import { loadModel } from "@/server/runtime/models/loaded-model";
import { demandAdapter } from "@/server/runtime/models/loaded-top";
import { longestRow } from "@/server/runtime/models/run-context";
import { type Arguments, countOr } from "./arguments";
import { dataAt } from "./data-input";
import { readLabelledTexts, tokenizerOf } from "./labelled-texts";
import { precisionAsked } from "./precision-asked";

/** All our choice. */
const defaults = { length: 512, rows: 128, randomOrders: 3, seed: 0 };

/** Writes the share of the adapter's gain that its first latents keep alone as CSV, and prints the gain and how many latents keep most of it. */
export async function gain(given: Arguments): Promise<void> {
  const [output, folder] = [given.required("output"), given.required("adapter")];
  const maxRows = countOr(given, "max-rows", defaults.rows, 4);
  const randomOrders = countOr(given, "random-orders", defaults.randomOrders);
  const seed = countOr(given, "seed", defaults.seed, 0);
  const length = countOr(given, "max-length", defaults.length);
  const data = await dataAt(given.required("input"), null);
  await startEngine();
  const loaded = loadModel({ path: given.required("model"), precision: precisionAsked(given), folder });
  const base = demandText(loaded.base);
  const adapter = demandAdapter(loaded, folder);
  const { signal } = new AbortController();
  const rows = await readLabelledTexts(base, { data, maxTokens: length, maxRows, signal });
  const tokenizer = tokenizerOf(base);
  const context = {
    model: base.model.forContext(longestRow(rows)),
    adapter,
    isSpecial: tokenizer.isSpecial,
    decode: (ids: readonly number[]) => tokenizer.decode(ids, { skipSpecialTokens: true, looseBytes: "named" }),
    endIds: tokenizer.eosIds,
  };
  const result = wholly(studyGain(context, { rows, isHeldOut: false, randomOrders, seed }));
  const lines = [gainColumns, ...gainCells(result)].map((cells) => `${cells.map(csvField).join(",")}\n`);
  writeFileAtomically(output, lines);
  process.stdout.write(`${gainLine(result)}\n`);
}

function gainLine({ gain: { value, low, high }, rows, latents, curves }: GainResult): string {
  const of = `gain ${formatFixed(value, 4)} nats per token [${formatFixed(low, 4)}, ${formatFixed(high, 4)}] on ${formatInteger(rows)} rows`;
  if (low <= 0) return `${of}: its interval does not lie above 0, so no share of it is given`;
  const kept = curves.map((curve) => `${formatInteger(latentsThatKeep(curve, 0.9) ?? latents)} by ${orderWords[curve.order]}`);
  return `${of}; of ${formatInteger(latents)} latents, ${formatPercent(0.9, 0)} is kept by the first ${kept.join(", ")}`;
}

const orderWords = {
  integrated: "integrated gradients",
  attribution: "attribution",
  outputShare: "output share",
  random: "random order",
} as const;
