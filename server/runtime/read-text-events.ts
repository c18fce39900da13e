import { mostTextTokens, type TextEvent } from "@/lib/contract/read-text";
import { type ModuleReading, readText } from "@/server/engine/effects/read-text";
import { answerEvents } from "./answer-events";
import { encodePrompt } from "./encode-prompt";
import type { BaseModel } from "./models/load-base-model";
import { demandTokenizer } from "./models/load-tokenizer";
import { demandAdapter } from "./models/loaded-model";
import { textsAtFirstToken } from "./models/texts-at-first-token";
import { moduleEvent } from "./module-event";
import type { ReadingModel, ReadTextOptions } from "./read-text-options";

/**
 * What fires on a text: its tokens with their losses, or of an encoder with its answers, then each module's latents. What goes wrong is the last
 * event. Whoever iterates may stop at any time.
 */
export async function* readTextEvents(options: ReadTextOptions): AsyncGenerator<TextEvent, void> {
  const { runtime, modelPath: path, precision, adapterFolder: folder, signal, now } = options;
  try {
    const startedAt = now();
    const { value, release } = await runtime.model({ path, precision, folder }, "interactive");
    try {
      const { base, classifier } = value;
      const adapter = demandAdapter(value, folder);
      const modules = yield* base.kind === "encoder"
        ? answerEvents(options, { base, adapter, classifier })
        : lossEvents(options, { base, adapter });
      for (const module of modules) {
        if (signal.aborted) return;
        yield moduleEvent(module);
      }
      if (!signal.aborted) yield { kind: "end", seconds: (now() - startedAt) / 1000 };
    } finally {
      release();
    }
  } catch (error) {
    yield { kind: "error", message: error instanceof Error ? error.message : String(error) };
  }
}

/** Of a text that is continued: the losses of its tokens. @returns the modules' latents; none when aborted */
async function* lossEvents(
  { runtime, request, signal }: ReadTextOptions,
  { base, adapter }: ReadingModel<BaseModel>,
): AsyncGenerator<TextEvent, readonly ModuleReading[]> {
  const { model, path } = base;
  const tokenizer = demandTokenizer(base.tokenizer, path);
  const all = encodePrompt(tokenizer, request.text, request.useChatTemplate);
  const ids = all.slice(0, Math.min(mostTextTokens, model.config.contextLength));
  if (signal.aborted) return [];
  const { losses, modules } = await runtime.turns.take("interactive", () =>
    readText(model, adapter, Int32Array.from(ids), { attribution: request.attribution }),
  );
  const texts = textsAtFirstToken(tokenizer, ids);
  const tokens = ids.map((id, at) => ({ id, text: texts[at] ?? "", loss: at === 0 ? null : (losses[at] ?? null) }));
  yield { kind: "tokens", tokens, modules: modules.length, isTruncated: ids.length < all.length };
  return modules;
}
