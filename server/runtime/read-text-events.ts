import { mostTextTokens, type ReadTextRequest, type TextAnswer, type TextEvent } from "@/lib/contract/read-text";
import { type ModuleReading, readText, readWholeText } from "@/server/engine/effects/read-text";
import { encodePair } from "@/server/engine/text/encode-pairs";
import { readLabelNames } from "@/server/files/adapters/label-names";
import { encodePrompt } from "./encode-prompt";
import type { Precision } from "./models/load-base-model";
import { demandTokenizer } from "./models/load-tokenizer";
import { textsAtFirstToken } from "./models/texts-at-first-token";
import type { Runtime } from "./runtime";

export type ReadTextOptions = {
  readonly runtime: Runtime;
  readonly modelPath: string;
  readonly precision: Precision;
  readonly adapterFolder: string;
  /** Whether the model is an encoder, whose head answers. */
  readonly isOfEncoder: boolean;
  readonly request: ReadTextRequest;
  readonly signal: AbortSignal;
  /** A monotonic clock, milliseconds. */
  now(): number;
};

/**
 * What fires on a text: its tokens with their losses, then each module's latents. What goes wrong is the last event. Whoever iterates may stop at
 * any time.
 */
export async function* readTextEvents(options: ReadTextOptions): AsyncGenerator<TextEvent, void> {
  try {
    yield* options.isOfEncoder ? encoderEvents(options) : events(options);
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

/** Of a text that is read whole: no token is predicted from others, the head answers for all of them. */
async function* encoderEvents(options: ReadTextOptions): AsyncGenerator<TextEvent, void> {
  const { runtime, modelPath, precision, adapterFolder, request, signal, now } = options;
  const startedAt = now();
  const base = await runtime.encoder(modelPath, precision === "fast" ? "fast" : "exact", "interactive");
  try {
    const top = await runtime.encoderTop(adapterFolder, base.value, "interactive");
    try {
      const { encoder, path } = base.value;
      const { adapter, classifier } = top.value;
      if (adapter === undefined || classifier === undefined) throw new Error(`${adapterFolder}: holds no adapter with a head`);
      const tokenizer = demandTokenizer(base.value.tokenizer, path);
      const maxTokens = Math.min(mostTextTokens, encoder.config.contextLength);
      const row = encodePair(tokenizer, { first: request.text }, { maxTokens, typeVocab: encoder.config.typeVocab });
      if (signal.aborted) return;
      const { scores, modules } = await runtime.turns.take("interactive", () =>
        readWholeText({ model: classifier.model, head: classifier.head.read() }, adapter, row),
      );
      const ids = [...row.ids];
      const texts = textsAtFirstToken(tokenizer, ids);
      const tokens = ids.map((id, at) => ({ id, text: tokenizer.isSpecial(id) ? tokenizer.tokenText(id) : (texts[at] ?? ""), loss: null }));
      const answer = answerOf(scores, readLabelNames(adapterFolder));
      yield { kind: "tokens", tokens, modules: modules.length, isTruncated: row.tooLong, answer };
      for (const reading of modules) {
        if (signal.aborted) return;
        yield moduleEvent(reading);
      }
      yield { kind: "end", seconds: (now() - startedAt) / 1000 };
    } finally {
      top.release();
    }
  } finally {
    base.release();
  }
}

function answerOf(scores: Float32Array, labels: readonly string[] | undefined): TextAnswer {
  if (scores.length === 1) return { kind: "number", value: scores[0] ?? Number.NaN };
  const top = Math.max(...scores);
  const weights = Array.from(scores, (score) => Math.exp(score - top));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return { kind: "classes", classes: weights.map((weight, at) => ({ label: labels?.[at] ?? String(at), probability: weight / total })) };
}

function moduleEvent({ module, width, indices, activations, outputShares, attributions }: ModuleReading): TextEvent {
  return {
    kind: "module",
    module: module.module,
    layer: module.layer,
    projection: module.name,
    width,
    indices: base64(indices),
    activations: base64(activations),
    outputShares: base64(outputShares),
    attributions: attributions === undefined ? null : base64(attributions),
  };
}

function base64({ buffer, byteOffset, byteLength }: Int32Array | Float32Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("base64");
}
