import { join } from "node:path";
import type { EditFile } from "@/lib/contract/edit";
import {
  type ForgettingResult,
  type ForgettingTrade,
  forgettingCells,
  forgettingColumns,
  forgettingDefaults,
} from "@/lib/contract/forgetting";
import { methodOfFile } from "@/lib/contract/methods/methods";
import { csvField } from "@/lib/numbers/csv-field";
import { formatFixed, formatInteger, formatPercent } from "@/lib/numbers/format";
import { bakeEdits } from "@/server/engine/adapters/bake";
import { ablations } from "@/server/engine/studies/forgetting-trade";
import { studyForgetting } from "@/server/engine/studies/study-forgetting";
import { wholly } from "@/server/engine/tensor/in-parts";
import { readAdapter, writeAdapter } from "@/server/files/adapters/adapter-folder";
import { writeFileAtomically } from "@/server/files/atomic-write";
import { type Arguments, countOr, parseNumber } from "./arguments";
import { writeInto } from "./output-folder";
import { openStudy } from "./study-on-texts";

/** Finds latents that cost loss on general text, and writes `forgetting.csv` and `forgetting.json`, the edits that ablate the proposed ones, and an adapter without them. */
export async function forgetting(given: Arguments): Promise<void> {
  const output = given.required("output");
  const candidates = countOr(given, "candidates", forgettingDefaults.candidates);
  const groupSize = countOr(given, "group-size", forgettingDefaults.groupSize);
  const seed = countOr(given, "seed", forgettingDefaults.seed, 0);
  const keptGain = parseNumber("kept-gain", given.value("kept-gain") ?? String(forgettingDefaults.keptGain));
  const { context, sets } = await openStudy(given, ["general", "input"]);
  const [general = [], own = []] = sets;
  const result = wholly(studyForgetting(context, { general, own, isHeldOut: false, candidates, groupSize, keptGain, seed }));
  const edits = ablations(result.proposed);
  const stored = readAdapter(given.required("adapter"));
  const baked = edits.length === 0 ? undefined : bakeEdits(context.adapter.modules, stored.tensors, edits);
  writeInto(output, (into) => {
    const lines = [forgettingColumns, ...forgettingCells(result)].map((cells) => `${cells.map(csvField).join(",")}\n`);
    writeFileAtomically(join(into, "forgetting.csv"), lines);
    writeFileAtomically(join(into, "forgetting.json"), [`${JSON.stringify(result, null, 2)}\n`]);
    if (baked === undefined) return;
    const file: EditFile = { format: "stanscope-edits", version: 1, name: "Forgetting undone", edits };
    writeFileAtomically(join(into, "edits.json"), [`${JSON.stringify(file, null, 2)}\n`]);
    const sizes = new Map(baked.modules.map(({ module, numLatents }) => [module, numLatents]));
    const config = methodOfFile(stored.config).peft.withLatents(stored.config, sizes);
    writeAdapter(join(into, "repaired"), { config, tensors: new Map(baked.tensors) });
  });
  for (const line of linesOf(result)) process.stdout.write(`${line}\n`);
}

function* linesOf({ proposed, expected, measured, general, own }: ForgettingResult): Generator<string> {
  yield `general text: loss ${formatFixed(general.base, 4)} with the base model, ${formatFixed(general.adapter, 4)} with the adapter`;
  yield `own text: loss ${formatFixed(own.base, 4)} with the base model, ${formatFixed(own.adapter, 4)} with the adapter`;
  if (expected === null || measured === null) {
    yield "no latents are proposed: none that can be ablated lowers the loss on general text and leaves enough of the gain";
    return;
  }
  yield `proposed: ${formatInteger(proposed.length)} latents to ablate`;
  yield `expected on the rows that chose them: ${tradeWords(expected)}`;
  yield `measured on other rows: ${tradeWords(measured)}`;
}

function tradeWords({ forgetting: before, forgettingAfter: after, gainKept }: ForgettingTrade): string {
  const interval = ({ low, high }: { low: number; high: number }) => `[${formatFixed(low, 4)}, ${formatFixed(high, 4)}]`;
  const change = `forgetting ${formatFixed(before.value, 4)} ${interval(before)} to ${formatFixed(after.value, 4)} ${interval(after)} nats per token`;
  if (gainKept === null) return `${change}; the gain's interval does not lie above 0`;
  return `${change}; ${formatPercent(gainKept.value)} of the gain kept [${formatPercent(gainKept.low)}, ${formatPercent(gainKept.high)}]`;
}
