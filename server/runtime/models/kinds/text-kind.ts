import { demandBatch } from "@/server/engine/models/batch";
import { demandTexts } from "@/server/engine/models/encoders/encoder-batch";
import { readFloats } from "@/server/engine/tensor/create";
import { tokenPasses } from "@/server/runtime/collections/collection-pass";
import type { BaseModel } from "@/server/runtime/models/load-base-model";
import { loadTrained } from "@/server/runtime/models/load-full";
import { topOf } from "@/server/runtime/models/loaded-top";
import { longestRow } from "@/server/runtime/models/run-context";
import { textRows } from "@/server/runtime/rows/text-rows";
import { hiddenOutputs, type ModelKind } from "./model-kind";
import { textContext } from "./text-context";

/** A model that predicts the next token of a text. */
export const textKind: ModelKind<BaseModel> = {
  loadTop: ({ model }, folder) => topOf(folder === undefined ? undefined : loadTrained(folder, model), () => undefined),
  taskOf: () => "languageModel",
  rows: (base) => textRows(base, "read"),
  labelled: null,
  contextOf: textContext,
  longestRow: ({ model }) => model.config.contextLength,
  passes: ({ model, tokenizer }, forwardOf, rows) => tokenPasses(model.forContext(longestRow(rows)), forwardOf, tokenizer?.padId ?? 0),
  batchOf({ model }, given) {
    const batch = demandTexts(given);
    demandBatch(batch, model.config.vocab, model.config.contextLength);
    return batch;
  },
  outputs({ model }, _, given, { hooks, hidden }) {
    const batch = demandTexts(given);
    const { dModel, vocab } = model.config;
    const { final, hiddenStates } = model.forward(batch, { hooks, hiddenStates: hidden ? "all" : "none" });
    const logits = { shape: [batch.rows, batch.tokens, vocab], data: readFloats(model.logits(final)) };
    return { ...hiddenOutputs(hiddenStates, batch, dModel), logits };
  },
};
