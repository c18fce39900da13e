import type { CausalModel } from "@/server/engine/models/causal-model";
import { partialBytes, tokenTexts } from "@/server/engine/text/stream-decode";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import { readForcedInParts } from "./forced";
import type { GenerationEvent, GenerationRequest } from "./generation-request";
import { topTokens } from "./top-tokens";

/**
 * All arms read a given text after the prompt: the same events as if each had written it, a few tokens at a time. Its tokens count as generated for the
 * scopes of edits.
 *
 * @throws RangeError when the text has no token, or does not fit the context with the prompt
 */
export function givenText(
  model: CausalModel,
  tokenizer: Tokenizer,
  request: GenerationRequest,
  text: string,
): Generator<GenerationEvent[], void> {
  const { promptIds } = request;
  const ids = tokenizer.encode(text, { addSpecialTokens: false });
  if (ids.length === 0) throw new RangeError("the given text has no token");
  const length = promptIds.length + ids.length;
  const { contextLength } = model.config;
  if (length > contextLength) {
    throw new RangeError(`prompt and given text have ${length} tokens, but the model's context is ${contextLength}`);
  }
  return eventsOf(model, tokenizer, request, ids);
}

function* eventsOf(
  model: CausalModel,
  tokenizer: Tokenizer,
  { promptIds, images, arms, watch, topLogProbabilities = 0 }: GenerationRequest,
  ids: readonly number[],
): Generator<GenerationEvent[], void> {
  const from = promptIds.length;
  const texts = tokenTexts(tokenizer, ids);
  const parts = readForcedInParts(model, {
    ids: [...promptIds, ...ids],
    images,
    promptLength: from,
    from,
    arms,
    watch,
    isSpecial: tokenizer.isSpecial,
    top: topLogProbabilities,
  });
  let at = 0;
  for (const part of parts) {
    const width = Math.max(...Array.from(part.values(), ({ length }) => length));
    const events: GenerationEvent[] = [];
    for (let place = 0; place < width; place++) {
      for (const { name } of arms) {
        const token = part.get(name)?.[place];
        if (token === undefined) continue;
        const { top, logProbability, activations, ...rest } = token;
        events.push({
          kind: "token",
          arm: name,
          token: {
            ...rest,
            text: texts[at + place] ?? "",
            ...partialBytes(tokenizer, rest.id, texts[at + place] ?? ""),
            ...(tokenizer.isSpecial(rest.id) ? { isSpecial: true } : {}),
            logProbability: logProbability ?? 0,
            activations: [...activations],
            ...topTokens(tokenizer, top),
          },
        });
      }
    }
    at += width;
    if (at >= ids.length) {
      const text = tokenizer.decode(ids, { skipSpecialTokens: true, looseBytes: "named" });
      for (const { name } of arms) events.push({ kind: "armEnd", arm: name, reason: "forcedText", text });
    }
    yield events;
  }
}
