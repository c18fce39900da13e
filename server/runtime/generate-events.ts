import { basename } from "node:path";
import type { FailureCode } from "@/lib/contract/failure";
import type { ArmName, GenerateEvent, GenerateRequest } from "@/lib/contract/generate";
import type { Trained } from "@/server/engine/adapters/trained";
import type { GenerationArm } from "@/server/engine/generation/generation-request";
import { watchedLatents } from "@/server/engine/generation/watch";
import { partialBytes, tokenTexts } from "@/server/engine/text/stream-decode";
import { FileError } from "@/server/files/file-error";
import type { Precision } from "@/server/runtime/models/load-base-model";
import { demandTokenizer } from "@/server/runtime/models/load-tokenizer";
import { SlowReaderError } from "./generation-seat";
import { readPrompt } from "./read-prompt";
import type { Lease } from "./resource-cache";
import type { Runtime } from "./runtime";

export type GenerateOptions = {
  readonly runtime: Runtime;
  readonly modelPath: string;
  /** Of the run. */
  readonly precision: Precision;
  readonly adapterFolder: string;
  /** Of the arm `other`, trained over the same base model. */
  readonly otherFolder?: string | undefined;
  readonly request: GenerateRequest;
  /** Aborted when the reader goes: what the request holds is freed at once. */
  readonly signal: AbortSignal;
  /** A monotonic clock, milliseconds. */
  now(): number;
};

/**
 * Continues a prompt in the arms asked for, token by token; other requests share its steps, and between two steps training takes its own. What goes
 * wrong is the last event. Whoever iterates may stop at any time.
 */
export async function* generateEvents(options: GenerateOptions): AsyncGenerator<GenerateEvent, void> {
  const leases: Lease<unknown>[] = [];
  try {
    yield* events(options, (lease) => {
      leases.push(lease);
      return lease.value;
    });
  } catch (error) {
    yield { kind: "error", message: error instanceof Error ? error.message : String(error), code: codeOf(error) };
  } finally {
    for (const lease of leases.reverse()) lease.release();
  }
}

/** @param hold keeps a lease until the generation is over */
async function* events(options: GenerateOptions, hold: <T>(lease: Lease<T>) => T): AsyncGenerator<GenerateEvent, void> {
  const { runtime, modelPath, request, signal, now } = options;
  // A model in float32 serves both; one in bfloat16 cannot be made exact again. A packed one computes in float32.
  const precision = request.precision === "float32" && options.precision === "fast" ? "exact" : options.precision;
  if (!runtime.isLoaded(modelPath, precision)) yield { kind: "loading", message: `Loading ${basename(modelPath)}` };
  const base = hold(await runtime.textBase(modelPath, precision, "interactive"));
  const adapters: Adapters = {
    own: needsOwn(request) ? hold(await runtime.trained(options.adapterFolder, base, "interactive")) : undefined,
    other: options.otherFolder === undefined ? undefined : hold(await runtime.trained(options.otherFolder, base, "interactive")),
  };
  const { path } = base;
  const model = request.precision === undefined ? base.model : base.model.decodingIn(request.precision);
  const tokenizer = demandTokenizer(base.tokenizer, path);
  const { promptIds, images } = await readPrompt(base, request);
  const watch = watchedLatents(request.watch, request.edits);
  const arms = request.arms.map((name) => armOf(name, adapters, request));
  const { sampling, forced, continued, promptLogProbabilities, topLogProbabilities } = request;
  const asked = { promptIds, images, arms, sampling, watch, forced, continued, promptLogProbabilities, topLogProbabilities };
  const texts = tokenTexts(tokenizer, promptIds);
  yield {
    kind: "start",
    precision: model.decodeDtype,
    promptTokens: promptIds.map((id, at) => ({ id, text: texts[at] ?? "", ...partialBytes(tokenizer, id, texts[at] ?? "") })),
    watched: watch,
  };
  const startedAt = now();
  let tokens = 0;
  for await (const event of runtime.generations.run(model, tokenizer, asked, signal)) {
    if (event.kind === "token") tokens += 1;
    yield event;
  }
  if (!signal.aborted) yield { kind: "end", tokensPerSecond: (1000 * tokens) / Math.max(1, now() - startedAt) };
}

function codeOf(error: unknown): FailureCode {
  if (error instanceof RangeError) return "invalid";
  if (error instanceof SlowReaderError) return "unavailable";
  return error instanceof FileError ? error.code : "internal";
}

type Adapters = { readonly own: Trained | undefined; readonly other: Trained | undefined };

/** The base model alone runs without loading anything else. */
function needsOwn({ arms }: GenerateRequest): boolean {
  return arms.includes("adapter") || arms.includes("edited");
}

/** @throws RangeError when the arm `other` is requested without a run */
function armOf(name: ArmName, { own, other }: Adapters, { edits }: GenerateRequest): GenerationArm {
  switch (name) {
    case "base":
      return { name };
    case "adapter":
      return { name, adapter: own };
    case "edited":
      return { name, adapter: own, edits };
    case "other":
      if (other === undefined) throw new RangeError("The arm 'other' needs otherRun: a second run with the same base model.");
      return { name, adapter: other };
  }
}
