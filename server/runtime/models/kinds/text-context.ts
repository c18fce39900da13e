import { idsOnlyTokenizer } from "@/server/runtime/models/ids-only-tokenizer";
import type { BaseModel, EncoderBase } from "@/server/runtime/models/load-base-model";
import { textsAtFirstToken } from "@/server/runtime/models/texts-at-first-token";
import { demandTexts, type ReadRow } from "@/server/runtime/rows/read-row";
import type { RowContext } from "./model-kind";

/** A row of tokens as pages show it. */
export function textContext({ tokenizer, model }: BaseModel | EncoderBase, row: ReadRow): RowContext {
  const [{ ids } = { ids: new Int32Array(0) }] = demandTexts([row]);
  return { tokenIds: ids, texts: textsAtFirstToken(tokenizer ?? idsOnlyTokenizer(model.config.vocab), [...ids]) };
}
