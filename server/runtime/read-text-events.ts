import { mostTextTokens, type TextEvent } from "@/lib/contract/read-text";
import { readText } from "@/server/engine/effects/read-text";
import { encodePrompt } from "./encode-prompt";
import { encoderTextEvents } from "./encoder-text-events";
import { demandTokenizer } from "./models/load-tokenizer";
import { textsAtFirstToken } from "./models/texts-at-first-token";
import { moduleEvent } from "./module-event";
import type { ReadTextOptions } from "./read-text-options";

/**
 * What fires on a text: its tokens with their losses, then each module's latents. What goes wrong is the last event. Whoever iterates may stop at
 * any time.
 */
export async function* readTextEvents(options: ReadTextOptions): AsyncGenerator<TextEvent, void> {
  try {
    yield* options.isOfEncoder ? encoderTextEvents(options) : events(options);
  } catch (error) {
    yield { kind: "error", message: error instanceof Error ? error.message : String(error) };
  }
}

async function* events(options: ReadTextOptions): AsyncGenerator<TextEvent, void> {
  const { runtime, modelPath, precision, adapterFolder, request, signal, now } = options;
  const startedAt = now();
  const base = await runtime.base(modelPath, precision, "interactive");
  try {
    const adapter = await runtime.adapter(adapterFolder, base.value, "interactive");
    try {
      const { model, path } = base.value;
      const tokenizer = demandTokenizer(base.value.tokenizer, path);
      const all = encodePrompt(tokenizer, request.text, request.useChatTemplate);
      const ids = all.slice(0, Math.min(mostTextTokens, model.config.contextLength));
      if (signal.aborted) return;
      const { losses, modules } = await runtime.turns.take("interactive", () =>
        readText(model, adapter.value, Int32Array.from(ids), { attribution: request.attribution }),
      );
      const texts = textsAtFirstToken(tokenizer, ids);
      const tokens = ids.map((id, at) => ({ id, text: texts[at] ?? "", loss: at === 0 ? null : (losses[at] ?? null) }));
      yield { kind: "tokens", tokens, modules: modules.length, isTruncated: ids.length < all.length };
      for (const reading of modules) {
        if (signal.aborted) return;
        yield moduleEvent(reading);
      }
      yield { kind: "end", seconds: (now() - startedAt) / 1000 };
    } finally {
      adapter.release();
    }
  } finally {
    base.release();
  }
}
