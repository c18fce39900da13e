import { demandText } from "@/server/engine/models/encoders/encoder-batch";
import { sentenceEmbeddings } from "@/server/engine/models/encoders/sentence-embedding";
import { readFloats } from "@/server/engine/tensor/create";
import { tokenPasses } from "@/server/runtime/collections/collection-pass";
import type { EncoderBase } from "@/server/runtime/models/load-base-model";
import { plainRows } from "@/server/runtime/rows/answered-row";
import { encoderTop } from "./load-head";
import { demandOneKind, encoderOutputs, type ModelKind } from "./model-kind";
import { textContext } from "./text-context";

/** A model that reads a text whole, for a head that gives one class or number. */
export const encoderKind: ModelKind<EncoderBase> = {
  loadTop: encoderTop,
  // Without a head, any task that a head answers will do: each reports that the head is missing.
  taskOf: ({ classifier }) => classifier?.kind ?? "classification",
  rows: plainRows,
  labelled: "texts",
  contextOf: textContext,
  longestRow: ({ model }) => model.config.contextLength,
  passes: ({ model }, forwardOf) => tokenPasses(model, forwardOf, model.config.padId),
  batchOf: ({ model }, given) => demandText(demandOneKind(given), model.config),
  outputs: (base, top, given, pass) =>
    encoderOutputs(base, top, given, {
      ...pass,
      headless: (final, batch) => ({
        embedding: { shape: [batch.rows, base.model.config.dModel], data: sentenceEmbeddings(readFloats(final), batch) },
      }),
    }),
};
