import type { Edit, LatentRef } from "@/lib/contract/edit";
import type { ArmName, GeneratedToken, GenerateEvent, SamplingSettings } from "@/lib/contract/generate";
import { Random } from "@/lib/numbers/random";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { armHooks } from "@/server/engine/adapters/arms";
import type { CausalModel } from "@/server/engine/models/causal-model";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { freeSequence, type Sequence } from "@/server/engine/models/sequence";
import { readFloats } from "@/server/engine/tensor/create";
import { free } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { createStreamDecoder, type StreamDecoder } from "@/server/engine/text/stream-decode";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import { klDivergence } from "./distribution";
import { logProbability, sampleToken } from "./sampling";
import { demandWatched, type Observation, observe } from "./watch";

/** One continuation of the prompt: the base model alone, with an adapter, or with an adapter and edits. */
export type GenerationArm = {
  readonly name: ArmName;
  readonly adapter?: Adapter | undefined;
  readonly edits?: readonly Edit[] | undefined;
};

export type GenerationRequest = {
  readonly promptIds: readonly number[];
  /** Each name once. */
  readonly arms: readonly GenerationArm[];
  readonly sampling: SamplingSettings;
  /** Latents whose activations are reported, as `watchedLatents` gives them. */
  readonly watch: readonly LatentRef[];
  /** Whether an end-of-text token ends an arm; true unless said otherwise. */
  readonly endsAtEndOfText?: boolean;
};

export type GenerationEvent = Extract<GenerateEvent, { kind: "token" | "armEnd" }>;
type EndReason = Extract<GenerateEvent, { kind: "armEnd" }>["reason"];

/** An arm under way. */
type Continuation = {
  readonly name: ArmName;
  readonly isEdited: boolean;
  readonly observation: Observation;
  readonly sequence: Sequence;
  readonly random: Random;
  readonly decoder: StreamDecoder;
  readonly ids: number[];
  text: string;
  /** Of the token to be chosen next. */
  logits: Float32Array;
};

type Choice = { readonly continuation: Continuation; readonly token: GeneratedToken; readonly end: EndReason | undefined };

/**
 * Continues one prompt in several arms at once over one base model: one forward pass a step serves them all. A token is given out once it has
 * been read, when its watched activations are known. The arms draw from equal random streams. Whoever iterates may stop at any time; the caches
 * are then freed.
 *
 * @returns tokens in the order of the arms, step by step, and each arm's end
 * @throws RangeError when the prompt is empty or longer than the context, a watched latent does not exist, or a logit is not a number
 */
export function* generate(model: CausalModel, tokenizer: Tokenizer, request: GenerationRequest): Generator<GenerationEvent, void> {
  const { promptIds, arms, sampling, watch } = request;
  const { contextLength } = model.config;
  if (promptIds.length === 0) throw new RangeError("the prompt has no token");
  if (promptIds.length > contextLength) {
    throw new RangeError(`the prompt has ${promptIds.length} tokens, and the model's context is ${contextLength}`);
  }
  if (new Set(arms.map(({ name }) => name)).size !== arms.length || arms.length === 0)
    throw new RangeError("arms need names of their own, at least one");
  demandWatched(
    watch,
    arms.flatMap(({ adapter }) => (adapter === undefined ? [] : [adapter])),
  );

  const hooksFor = hooksOnce();
  const { sequences, logits } = model.prefill(
    arms.map(() => Int32Array.from(promptIds)),
    { hooks: armHooks(arms), maxTokens: Math.min(contextLength, promptIds.length + sampling.maxTokens) },
  );
  try {
    const rows = rowsOf(logits, arms.length);
    let live: Continuation[] = arms.flatMap(({ name, adapter, edits }, row) => {
      const [sequence, ofArm] = [sequences[row], rows[row]];
      if (sequence === undefined || ofArm === undefined) return [];
      return [
        {
          name,
          isEdited: edits !== undefined,
          observation: observe({ adapter, edits }, watch),
          sequence,
          random: new Random(sampling.seed),
          decoder: createStreamDecoder(tokenizer, { skipSpecialTokens: true }),
          ids: [],
          text: "",
          logits: ofArm,
        },
      ];
    });
    while (live.length > 0) {
      const choices = chooseTokens(live, tokenizer, request, contextLength);
      const read = choices.filter(({ continuation, end }) => {
        const hasRoom = continuation.sequence.length < continuation.sequence.maxTokens;
        return hasRoom && (end === undefined || watch.length > 0);
      });
      readTokens(model, read, hooksFor);
      for (const { continuation, token, end } of choices) {
        yield { kind: "token", arm: continuation.name, token: { ...token, ...observed(continuation) } };
        if (end !== undefined) yield { kind: "armEnd", arm: continuation.name, reason: end, text: finalText(continuation, sampling.stop) };
      }
      live = choices.flatMap(({ continuation, end }) => (end === undefined ? [continuation] : []));
    }
  } finally {
    for (const sequence of sequences) freeSequence(sequence);
  }
}

/** Chooses each arm's next token by its logits, and whether it is the arm's last. */
function chooseTokens(live: readonly Continuation[], tokenizer: Tokenizer, request: GenerationRequest, contextLength: number): Choice[] {
  const { promptIds, sampling, endsAtEndOfText = true } = request;
  const [toBase, toAdapter] = [divergenceFrom(live, "base"), divergenceFrom(live, "adapter")];
  const divergences = live.map((continuation) => ({ klToBase: toBase(continuation), klToAdapter: toAdapter(continuation) }));
  return live.map((continuation, at) => {
    const { logits, ids, random, decoder } = continuation;
    const id = sampleToken(logits, [...promptIds, ...ids], sampling, random.next());
    const isSpecial = tokenizer.isSpecial(id);
    const text = decoder.push(id);
    ids.push(id);
    continuation.text += text;
    const token = {
      id,
      text: isSpecial ? tokenizer.tokenText(id) : text,
      logProbability: logProbability(logits, id),
      klToBase: divergences[at]?.klToBase ?? null,
      klToAdapter: divergences[at]?.klToAdapter ?? null,
      activations: [],
      injectedNorm: null,
    };
    const reason = (): EndReason | undefined => {
      if (endsAtEndOfText && tokenizer.eosIds.includes(id)) return "endOfText";
      if (stopAt(continuation.text, sampling.stop) !== undefined) return "stop";
      if (ids.length >= sampling.maxTokens) return "maxTokens";
      return promptIds.length + ids.length > contextLength ? "contextFull" : undefined;
    };
    return { continuation, token, end: reason() };
  });
}

/** KL(arm ‖ named arm) of the next token, null where the named arm is not running or has read other tokens. */
function divergenceFrom(live: readonly Continuation[], name: ArmName): (arm: Continuation) => number | null {
  const named = live.find((continuation) => continuation.name === name);
  if (named === undefined) return () => null;
  const ids = [...named.ids];
  return (arm) =>
    arm.ids.length === ids.length && arm.ids.every((id, at) => id === ids[at]) ? klDivergence(arm.logits, named.logits) : null;
}

/** Reads each choice's token and leaves the logits of the one that follows in its arm. */
function readTokens(model: CausalModel, choices: readonly Choice[], hooksFor: (arms: readonly Continuation[]) => ProjectionHooks): void {
  const continuations = choices.map(({ continuation }) => continuation);
  for (const { observation } of continuations) observation.clear();
  if (continuations.length === 0) return;
  const ids = Int32Array.from(choices, ({ token }) => token.id);
  const logits = model.decode(
    continuations.map(({ sequence }) => sequence),
    ids,
    hooksFor(continuations),
  );
  const rows = rowsOf(logits, continuations.length);
  continuations.forEach((continuation, row) => {
    continuation.logits = rows[row] ?? continuation.logits;
  });
}

/** Makes hooks anew only when other arms are running than before. */
function hooksOnce(): (arms: readonly Continuation[]) => ProjectionHooks {
  let known: { names: string; hooks: ProjectionHooks } | undefined;
  return (arms) => {
    const names = arms.map(({ name }) => name).join(" ");
    if (known?.names !== names) known = { names, hooks: armHooks(arms.map(({ observation }) => observation.arm)) };
    return known.hooks;
  };
}

function observed({ observation, isEdited }: Continuation): Pick<GeneratedToken, "activations" | "injectedNorm"> {
  return { activations: observation.activationsAt(0), injectedNorm: isEdited ? observation.injectedNormAt(0) : null };
}

function finalText({ text, decoder }: Continuation, stop: readonly string[]): string {
  const whole = text + decoder.end();
  return whole.slice(0, stopAt(whole, stop));
}

/** Where the first stop string begins. */
function stopAt(text: string, stop: readonly string[]): number | undefined {
  const found = stop.map((words) => text.indexOf(words)).filter((at) => at >= 0);
  return found.length === 0 ? undefined : Math.min(...found);
}

/** Copies logits (rows, vocab) to the host and frees them. */
function rowsOf(logits: Tensor, rows: number): Float32Array[] {
  const values = readFloats(logits);
  free(logits);
  const vocab = values.length / rows;
  return Array.from({ length: rows }, (_, row) => values.subarray(row * vocab, (row + 1) * vocab));
}
