import { type Batch, demandBatch } from "@/server/engine/models/batch";
import { readFloats } from "@/server/engine/tensor/create";
import { promptPasses } from "@/server/runtime/collections/collection-pass";
import type { BaseModel } from "@/server/runtime/models/load-base-model";
import { loadTrained } from "@/server/runtime/models/load-full";
import { topOf } from "@/server/runtime/models/loaded-top";
import { longestRow } from "@/server/runtime/models/run-context";
import { textRows } from "@/server/runtime/rows/text-rows";
import { type GivenInput, hiddenOutputs, type ModelKind } from "./model-kind";
import { textContext } from "./text-context";

/** A model that predicts the next token of a text. */
export const textKind: ModelKind<BaseModel> = {
  loadTop: ({ model }, folder) => topOf(folder === undefined ? undefined : loadTrained(folder, model), () => undefined),
  taskOf: () => "languageModel",
  rows: (base) => textRows(base, "read"),
  labelled: null,
  contextOf: textContext,
  longestRow: ({ model }) => model.config.contextLength,
  passes: ({ model, tokenizer }, forwardOf, rows) => promptPasses(model.forContext(longestRow(rows)), forwardOf, tokenizer?.padId ?? 0),
  batchOf({ model }, given) {
    const batch = promptsIn(given);
    if (model.images !== undefined) model.images.demand(batch);
    else if (batch.images !== undefined) throw new RangeError("the model reads texts alone, and pixel_values are images");
    demandBatch(batch, model.config.vocab, model.config.contextLength);
    return batch;
  },
  outputs({ model }, _, given, { hooks, hidden }) {
    const batch = promptsIn(given);
    const { dModel, vocab } = model.config;
    const { final, hiddenStates } = model.forward(batch, { hooks, hiddenStates: hidden ? "all" : "none" });
    const logits = { shape: [batch.rows, batch.tokens, vocab], data: readFloats(model.logits(final)) };
    return { ...hiddenOutputs(hiddenStates, batch, dModel), logits };
  },
};

/** Token ids, with images or without. @throws RangeError for images alone */
function promptsIn(given: GivenInput): Batch {
  if ("ids" in given && given.ids !== undefined) return given;
  throw new RangeError("the model reads texts, and the batch is of images");
}
