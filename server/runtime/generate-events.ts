import { basename } from "node:path";
import type { GenerateEvent, GenerateRequest } from "@/lib/contract/generate";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { type GenerationArm, generate } from "@/server/engine/generation/generate";
import { watchedLatents } from "@/server/engine/generation/watch";
import { tokenTexts } from "@/server/engine/text/stream-decode";
import type { Precision } from "@/server/runtime/models/load-base-model";
import { demandTokenizer } from "@/server/runtime/models/load-tokenizer";
import { encodePrompt } from "./encode-prompt";
import type { Runtime } from "./runtime";

export type GenerateOptions = {
  readonly runtime: Runtime;
  readonly modelPath: string;
  readonly precision: Precision;
  readonly adapterFolder: string;
  readonly request: GenerateRequest;
  /** A monotonic clock, milliseconds. */
  now(): number;
};

/**
 * Continues a prompt in the arms asked for, token by token; between two tokens training takes its steps. What goes wrong is
 * the last event. Whoever iterates may stop at any time.
 */
export async function* generateEvents(options: GenerateOptions): AsyncGenerator<GenerateEvent, void> {
  try {
    yield* events(options);
  } catch (error) {
    yield { kind: "error", message: error instanceof Error ? error.message : String(error) };
  }
}

async function* events({
  runtime,
  modelPath,
  precision,
  adapterFolder,
  request,
  now,
}: GenerateOptions): AsyncGenerator<GenerateEvent, void> {
  if (!runtime.isLoaded(modelPath, precision)) yield { kind: "loading", message: `Loading ${basename(modelPath)}` };
  const base = await runtime.base(modelPath, precision, "interactive");
  try {
    const adapter = await runtime.adapter(adapterFolder, base.value, "interactive");
    try {
      const { model, path } = base.value;
      const tokenizer = demandTokenizer(base.value.tokenizer, path);
      const promptIds = encodePrompt(tokenizer, request.prompt, request.useChatTemplate);
      const watched = watchedLatents(request.watch, request.edits);
      const texts = tokenTexts(tokenizer, promptIds);
      yield { kind: "start", promptTokens: promptIds.map((id, at) => ({ id, text: texts[at] ?? "" })), watched };
      const arms = request.arms.map((name) => armOf(name, adapter.value, request));
      const continuation = generate(model, tokenizer, { promptIds, arms, sampling: request.sampling, watch: watched });
      const startedAt = now();
      let tokens = 0;
      try {
        for (;;) {
          const { done, value } = await runtime.turns.take("interactive", () => continuation.next());
          if (done === true) break;
          if (value.kind === "token") tokens += 1;
          yield value;
        }
      } finally {
        continuation.return();
      }
      yield { kind: "end", tokensPerSecond: (1000 * tokens) / Math.max(1, now() - startedAt) };
    } finally {
      adapter.release();
    }
  } finally {
    base.release();
  }
}

function armOf(name: GenerationArm["name"], adapter: Adapter, { edits }: GenerateRequest): GenerationArm {
  switch (name) {
    case "base":
      return { name };
    case "adapter":
      return { name, adapter };
    case "edited":
      return { name, adapter, edits };
  }
}
