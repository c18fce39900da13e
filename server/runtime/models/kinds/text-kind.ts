import { demandBatch } from "@/server/engine/models/batch";
import { readFloats } from "@/server/engine/tensor/create";
import type { BaseModel } from "@/server/runtime/models/load-base-model";
import { loadTrained } from "@/server/runtime/models/load-full";
import { topOf } from "@/server/runtime/models/loaded-top";
import { textRows } from "@/server/runtime/rows/text-rows";
import { hiddenOutputs, type ModelKind } from "./model-kind";

/** A model that predicts the next token of a text. */
export const textKind: ModelKind<BaseModel> = {
  loadTop: ({ model }, folder) => topOf(folder === undefined ? undefined : loadTrained(folder, model), () => undefined),
  taskOf: () => "languageModel",
  rows: (base) => textRows(base, "read"),
  readsLabels: false,
  padId: ({ tokenizer }) => tokenizer?.padId ?? 0,
  demandBatch: ({ model }, batch) => demandBatch(batch, model.config.vocab, model.config.contextLength),
  outputs({ model }, _, batch, { hooks, hidden }) {
    const { dModel, vocab } = model.config;
    const { final, hiddenStates } = model.forward(batch, { hooks, hiddenStates: hidden ? "all" : "none" });
    const logits = { shape: [batch.rows, batch.tokens, vocab], data: readFloats(model.logits(final)) };
    return { ...hiddenOutputs(hiddenStates, batch, dModel), logits };
  },
};
