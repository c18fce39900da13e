import type { ArmName } from "@/lib/contract/generate";
import { armHooks } from "@/server/engine/adapters/arms";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { imagesForRows } from "@/server/engine/models/images";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { freeSequence } from "@/server/engine/models/sequence";
import { readFloats } from "@/server/engine/tensor/create";
import { free } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import { type Choice, chooseTokens } from "./choose-tokens";
import { beginContinuation, type Continuation, finalText, observed } from "./continuation";
import { demandRequest, earlierIds, type GenerationArm, type GenerationEvent, type GenerationRequest } from "./generation-request";
import { givenText } from "./given-text";
import { promptReadings } from "./prompt-readings";

/** A request under way. It holds key-value caches until it is freed; stepped alone or with others, it gives the same. */
export type RunningGeneration = {
  readonly tokenizer: Tokenizer;
  readonly request: GenerationRequest;
  /** What is to be told before the first step: how the prompt reads, and arms that end with it. */
  readonly opening: readonly GenerationEvent[];
  /** Arms that write, in the request's order; those that have ended leave. */
  live: readonly Continuation[];
  /** What a given text reads like, where arms do not write; each piece is a step. */
  reading: Generator<GenerationEvent[], void> | undefined;
};

/** What a step gave one generation, or why that one failed; the others of the step are untouched by it. */
export type StepOutcome =
  | { readonly kind: "events"; readonly events: readonly GenerationEvent[] }
  | { readonly kind: "failed"; readonly error: unknown };

/**
 * Reads a request's prompt in all its arms.
 *
 * @throws RangeError when the prompt is empty or longer than the context, a watched latent does not exist, or an edit names what is not there
 */
export function startGeneration(model: CausalModel, tokenizer: Tokenizer, request: GenerationRequest): RunningGeneration {
  const { sampling, forced, promptLogProbabilities = false } = request;
  demandRequest(request, model.config.contextLength);
  const opening: GenerationEvent[] = [];
  if (promptLogProbabilities) {
    for (const [arm, tokens] of promptReadings(model, tokenizer, request)) opening.push({ kind: "prompt", arm, tokens });
  }
  const shared = { tokenizer, request, opening };
  if (forced !== undefined && "text" in forced) {
    return { ...shared, live: [], reading: givenText(model, tokenizer, request, forced.text) };
  }
  if (sampling.maxTokens === 0) {
    for (const { name } of request.arms) opening.push({ kind: "armEnd", arm: name, reason: "maxTokens", text: "" });
    return { ...shared, live: [], reading: undefined };
  }
  return { ...shared, live: readPrompt(model, tokenizer, request), reading: undefined };
}

/** Tokens of keys and values that a request's arms have room for, from its start until an arm ends. */
export function roomOf(request: GenerationRequest, contextLength: number): number {
  const { arms, sampling, forced } = request;
  if (sampling.maxTokens === 0 || (forced !== undefined && "text" in forced)) return 0;
  return arms.length * Math.min(contextLength, longestStart(request) + sampling.maxTokens);
}

/** Nothing is left to step. */
export function isOver({ live, reading }: RunningGeneration): boolean {
  return live.length === 0 && reading === undefined;
}

/** Frees the caches; a generation that is over, or was freed before, holds none. */
export function freeGeneration(generation: RunningGeneration): void {
  for (const { sequence } of generation.live) freeSequence(sequence);
  generation.live = [];
  generation.reading?.return();
  generation.reading = undefined;
}

/**
 * One token further in every arm of every generation, by one pass of the model over all their rows. A token is given out once it has been read, when
 * its watched activations are known.
 *
 * @returns one outcome a generation, in their order; what failed or ended is freed
 */
export function stepGenerations(model: CausalModel, running: readonly RunningGeneration[]): StepOutcome[] {
  const steps = running.map((generation) => beginStep(model, generation));
  const writing = steps.filter((step) => step.kind === "chosen");
  const failures = readTokens(model, writing);
  return steps.map((step): StepOutcome => {
    if (step.kind !== "chosen") return step.outcome;
    const failure = failures.get(step);
    if (failure === undefined) return { kind: "events", events: endStep(step) };
    freeGeneration(step.generation);
    return { kind: "failed", error: failure.error };
  });
}

/** A generation's part of a step before its tokens are read; a given text has no token to choose. */
type Step =
  | {
      readonly kind: "chosen";
      readonly generation: RunningGeneration;
      readonly choices: readonly Choice[];
      readonly read: readonly Choice[];
    }
  | { readonly kind: "done"; readonly outcome: StepOutcome };
type WritingStep = Extract<Step, { kind: "chosen" }>;

function beginStep(model: CausalModel, generation: RunningGeneration): Step {
  try {
    if (generation.reading !== undefined) {
      const part = generation.reading.next();
      if (part.done === true) generation.reading = undefined;
      return { kind: "done", outcome: { kind: "events", events: part.done === true ? [] : part.value } };
    }
    const { live, tokenizer, request } = generation;
    const choices = chooseTokens(live, tokenizer, request, model.config.contextLength);
    return { kind: "chosen", generation, choices, read: choices.filter((choice) => isToBeRead(choice, request)) };
  } catch (error) {
    freeGeneration(generation);
    return { kind: "done", outcome: { kind: "failed", error } };
  }
}

/** An arm's last token is read only for what it shows of latents. */
function isToBeRead({ continuation, end }: Choice, { watch }: GenerationRequest): boolean {
  const hasRoom = continuation.sequence.length < continuation.sequence.maxTokens;
  return hasRoom && (end === undefined || watch.length > 0 || continuation.isEdited);
}

function endStep({ generation, choices, read }: WritingStep): GenerationEvent[] {
  const { sampling } = generation.request;
  const events: GenerationEvent[] = [];
  for (const choice of choices) {
    const { continuation, token, end } = choice;
    const { name } = continuation;
    events.push({ kind: "token", arm: name, token: { ...token, ...observed(continuation, read.includes(choice)) } });
    if (end === undefined) continue;
    events.push({ kind: "armEnd", arm: name, reason: end, text: finalText(continuation, sampling.stop) });
    freeSequence(continuation.sequence);
  }
  generation.live = choices.flatMap(({ continuation, end }) => (end === undefined ? [continuation] : []));
  return events;
}

/** Reads what was chosen, all rows at once. Where that fails, each generation is read alone, so that the one that cannot be read fails alone. */
function readTokens(model: CausalModel, steps: readonly WritingStep[]): Map<WritingStep, { readonly error: unknown }> {
  try {
    readChoices(
      model,
      steps.flatMap(({ choices }) => choices),
      steps.flatMap(({ read }) => read),
    );
    return new Map();
  } catch (error) {
    const [only, ...others] = steps;
    if (only === undefined) throw error;
    if (others.length === 0) return new Map([[only, { error }]]);
    return new Map(steps.flatMap((step) => [...readTokens(model, [step])]));
  }
}

/** Reads tokens and leaves in each arm the logits of the one that follows. */
function readChoices(model: CausalModel, choices: readonly Choice[], read: readonly Choice[]): void {
  for (const { continuation } of choices) continuation.observation.clear();
  if (read.length === 0) return;
  const rows = byAdapter(read, ({ continuation }) => continuation.observation.arm.adapter);
  const continuations = rows.map(({ continuation }) => continuation);
  const logits = model.decode(
    continuations.map(({ sequence }) => sequence),
    Int32Array.from(rows, ({ token }) => token.id),
    hooksOf(continuations),
  );
  const values = rowsOf(logits, rows.length);
  continuations.forEach((continuation, row) => {
    continuation.logits = values[row] ?? continuation.logits;
  });
}

/** The hooks of the last step by its first row: rebuilt only when different rows step. */
const lastHooks = new WeakMap<Continuation, { readonly rows: readonly Continuation[]; readonly hooks: ProjectionHooks }>();

function hooksOf(rows: readonly Continuation[]): ProjectionHooks {
  const [first] = rows;
  const last = first === undefined ? undefined : lastHooks.get(first);
  if (last !== undefined && last.rows.length === rows.length && last.rows.every((row, at) => row === rows[at])) return last.hooks;
  const hooks = armHooks(rows.map(({ observation }) => observation.arm));
  if (first !== undefined) lastHooks.set(first, { rows, hooks });
  return hooks;
}

/** Prompt and earlier text of all arms in one pass. */
function readPrompt(model: CausalModel, tokenizer: Tokenizer, request: GenerationRequest): Continuation[] {
  const { promptIds, sampling } = request;
  const arms = byAdapter(request.arms, ({ adapter }) => adapter);
  const prompts = arms.map(({ name }) => Int32Array.from([...promptIds, ...earlierIds(request, name)]));
  const { sequences, logits } = model.prefill(prompts, {
    hooks: armHooks(arms.map(({ adapter, edits }) => ({ adapter, edits, isSpecial: tokenizer.isSpecial }))),
    promptLengths: arms.map(() => promptIds.length),
    images: imagesForRows(request.images, arms.length),
    maxTokens: Math.min(model.config.contextLength, longestStart(request) + sampling.maxTokens),
  });
  const values = rowsOf(logits, arms.length);
  const begun = new Map<ArmName, Continuation>();
  arms.forEach((arm: GenerationArm, row) => {
    const [sequence, ofArm] = [sequences[row], values[row]];
    if (sequence === undefined || ofArm === undefined) return;
    begun.set(arm.name, beginContinuation(arm, request, tokenizer, { sequence, logits: ofArm }));
  });
  return request.arms.flatMap(({ name }) => begun.get(name) ?? []);
}

/** Of the prompt with what an arm wrote before. */
function longestStart(request: GenerationRequest): number {
  return Math.max(...request.arms.map(({ name }) => request.promptIds.length + earlierIds(request, name).length));
}

/** The same in an order in which rows of one adapter are neighbours, so that they run together. */
function byAdapter<T>(rows: readonly T[], adapterOf: (row: T) => unknown): T[] {
  const groups = new Map<unknown, T[]>();
  for (const row of rows) {
    const adapter = adapterOf(row);
    const group = groups.get(adapter);
    if (group === undefined) groups.set(adapter, [row]);
    else group.push(row);
  }
  return [...groups.values()].flat();
}

/** Copies logits (rows, vocab) to the host and frees them. */
function rowsOf(logits: Tensor, rows: number): Float32Array[] {
  const values = readFloats(logits);
  free(logits);
  const vocab = values.length / rows;
  return Array.from({ length: rows }, (_, row) => values.subarray(row * vocab, (row + 1) * vocab));
}
