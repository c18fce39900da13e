import { mostTextTokens, type TextEvent } from "@/lib/contract/read-text";
import type { ModuleReading } from "@/server/engine/effects/read-text";
import { encodePair } from "@/server/engine/text/encode-pairs";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import { demandTextEncoder } from "@/server/runtime/models/load-base-model";
import { demandTokenizer } from "@/server/runtime/models/load-tokenizer";
import { textsAtFirstToken } from "@/server/runtime/models/texts-at-first-token";
import type { ReadTextOptions } from "@/server/runtime/reading-options";
import type { LatentModel } from "@/server/runtime/tasks/latent-rows";
import { answersTo } from "./answers-to";

/** Of a text that is read whole: no token is predicted from others, the head answers for all of them. @returns, @throws as `answersTo` */
export async function* answerEvents(options: ReadTextOptions, model: LatentModel): AsyncGenerator<TextEvent, readonly ModuleReading[]> {
  const { request } = options;
  const base = demandTextEncoder(model.base);
  const tokenizer = demandTokenizer(base.tokenizer, base.path);
  const { contextLength, typeVocab } = base.model.config;
  const pair = { first: request.text, second: request.second };
  const row = encodePair(tokenizer, pair, { maxTokens: Math.min(mostTextTokens, contextLength), typeVocab });
  const shown = { tokens: tokensOf(tokenizer, row.ids), isTruncated: row.tooLong };
  return yield* answersTo(options, model, { base, row, isSpecial: (id) => tokenizer.isSpecial(id), shown });
}

/** Special tokens by their names, the others by their texts. */
function tokensOf(tokenizer: Tokenizer, ids: Int32Array) {
  const texts = textsAtFirstToken(tokenizer, [...ids]);
  return Array.from(ids, (id, at) => ({ id, text: tokenizer.isSpecial(id) ? tokenizer.tokenText(id) : (texts[at] ?? ""), loss: null }));
}
