import type { NamedRow } from "@/server/engine/evaluation/evaluate-edits";
import type { StudyContext } from "@/server/engine/studies/study-context";
import { startEngine } from "@/server/engine/tensor/backend";
import { demandText } from "@/server/runtime/models/load-base-model";
import { loadModel } from "@/server/runtime/models/loaded-model";
import { demandAdapter } from "@/server/runtime/models/loaded-top";
import { longestRow } from "@/server/runtime/models/run-context";
import { type Arguments, countOr } from "./arguments";
import { dataAt } from "./data-input";
import { readLabelledTexts, tokenizerOf } from "./labelled-texts";
import { precisionAsked } from "./precision-asked";

/** Both our choice. */
const defaults = { length: 512, rows: 128 };

/** An adapter over its base model, with rows of texts that are read in the order of the flags that name their files. */
export async function openStudy(
  given: Arguments,
  flags: readonly string[],
): Promise<{ readonly context: StudyContext; readonly sets: readonly NamedRow[][] }> {
  const folder = given.required("adapter");
  const [maxTokens, maxRows] = [countOr(given, "max-length", defaults.length), countOr(given, "max-rows", defaults.rows, 4)];
  const data = await Promise.all(flags.map((flag) => dataAt(given.required(flag), null)));
  await startEngine();
  const loaded = loadModel({ path: given.required("model"), precision: precisionAsked(given), folder });
  const base = demandText(loaded.base);
  const { signal } = new AbortController();
  const sets: NamedRow[][] = [];
  for (const one of data) sets.push(await readLabelledTexts(base, { data: one, maxTokens, maxRows, signal }));
  const tokenizer = tokenizerOf(base);
  const context: StudyContext = {
    model: base.model.forContext(longestRow(sets.flat())),
    adapter: demandAdapter(loaded, folder),
    isSpecial: tokenizer.isSpecial,
    decode: (ids) => tokenizer.decode(ids, { skipSpecialTokens: true, looseBytes: "named" }),
    endIds: tokenizer.eosIds,
  };
  return { context, sets };
}
