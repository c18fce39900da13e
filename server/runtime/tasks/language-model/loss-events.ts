import { mostTextTokens, type TextEvent } from "@/lib/contract/read-text";
import { type ModuleReading, readText } from "@/server/engine/effects/read-text";
import { partialBytes } from "@/server/engine/text/stream-decode";
import { encodePrompt } from "@/server/runtime/encode-prompt";
import { demandText } from "@/server/runtime/models/load-base-model";
import { demandTokenizer } from "@/server/runtime/models/load-tokenizer";
import { textsAtFirstToken } from "@/server/runtime/models/texts-at-first-token";
import type { ReadTextOptions } from "@/server/runtime/reading-options";
import type { LatentModel } from "@/server/runtime/tasks/latent-rows";

/** A text's tokens with their losses. @returns the modules' latents; none when aborted */
export async function* lossEvents(
  { runtime, request, signal }: ReadTextOptions,
  { base, adapter }: LatentModel,
): AsyncGenerator<TextEvent, readonly ModuleReading[]> {
  const { model, tokenizer: own, path } = demandText(base);
  const tokenizer = demandTokenizer(own, path);
  const all = encodePrompt(tokenizer, request.text, request.useChatTemplate);
  const ids = all.slice(0, Math.min(mostTextTokens, model.config.contextLength));
  if (signal.aborted) return [];
  const { losses, modules } = await runtime.turns.take("interactive", () =>
    readText(model, adapter, Int32Array.from(ids), { attribution: request.attribution }),
  );
  const texts = textsAtFirstToken(tokenizer, ids);
  const tokens = ids.map((id, at) => ({
    id,
    text: texts[at] ?? "",
    ...partialBytes(tokenizer, id, texts[at] ?? ""),
    loss: at === 0 ? null : (losses[at] ?? null),
  }));
  yield { kind: "tokens", tokens, modules: modules.length, isTruncated: ids.length < all.length };
  return modules;
}
