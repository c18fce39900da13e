import { type GainResult, gainCells, gainColumns, latentsThatKeep } from "@/lib/contract/gain-kept";
import { csvField } from "@/lib/numbers/csv-field";
import { formatFixed, formatInteger, formatPercent } from "@/lib/numbers/format";
import { studyGain } from "@/server/engine/studies/study-gain";
import { wholly } from "@/server/engine/tensor/in-parts";
import { writeFileAtomically } from "@/server/files/atomic-write";
import { type Arguments, countOr } from "./arguments";
import { openStudy } from "./study-on-texts";

/** Both our choice. */
const defaults = { randomOrders: 3, seed: 0 };

/** Writes the share of the adapter's gain that its first latents keep alone as CSV, and prints the gain and how many latents keep most of it. */
export async function gain(given: Arguments): Promise<void> {
  const randomOrders = countOr(given, "random-orders", defaults.randomOrders);
  const seed = countOr(given, "seed", defaults.seed, 0);
  const { context, sets } = await openStudy(given, ["input"]);
  const result = wholly(studyGain(context, { rows: sets.flat(), isHeldOut: false, randomOrders, seed }));
  const lines = [gainColumns, ...gainCells(result)].map((cells) => `${cells.map(csvField).join(",")}\n`);
  writeFileAtomically(given.required("output"), lines);
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
