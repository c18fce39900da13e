import type { ArmName, EndReason, GeneratedToken } from "@/lib/contract/generate";
import { Random } from "@/lib/numbers/random";
import type { Sequence } from "@/server/engine/models/sequence";
import { createStreamDecoder, type StreamDecoder } from "@/server/engine/text/stream-decode";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import { earlierIds, type GenerationArm, type GenerationRequest } from "./generation-request";
import { type Observation, observe } from "./watch";

/** An arm under way. */
export type Continuation = {
  readonly name: ArmName;
  readonly isEdited: boolean;
  readonly observation: Observation;
  readonly sequence: Sequence;
  readonly random: Random;
  readonly decoder: StreamDecoder;
  /** Prompt and all that was written, earlier and now. */
  readonly ids: number[];
  /** Where in `ids` this request's own tokens begin. */
  readonly firstNew: number;
  /** Text of all that was written, earlier and now, and where in it this request's own begins. */
  text: string;
  readonly newTextFrom: number;
  /** (vocab) of the token to be chosen next. */
  logits: Float32Array;
  /** (vocab) scratch for `distributionOf`. */
  readonly weights: Float64Array;
};

/** Sets an arm up where its prompt and what it wrote earlier have been read: the seed's draws for that are spent, its text can hold half a stop string. */
export function beginContinuation(
  arm: GenerationArm,
  request: GenerationRequest,
  tokenizer: Tokenizer,
  read: { readonly sequence: Sequence; readonly logits: Float32Array },
): Continuation {
  const { promptIds, sampling, watch } = request;
  const earlier = earlierIds(request, arm.name);
  const decoder = createStreamDecoder(tokenizer, { skipSpecialTokens: true });
  const random = new Random(sampling.seed);
  let text = "";
  for (const id of earlier) {
    text += decoder.push(id);
    random.next();
  }
  return {
    name: arm.name,
    isEdited: arm.edits !== undefined,
    observation: observe({ adapter: arm.adapter, edits: arm.edits, isSpecial: tokenizer.isSpecial }, watch),
    sequence: read.sequence,
    random,
    decoder,
    ids: [...promptIds, ...earlier],
    firstNew: promptIds.length + earlier.length,
    text,
    newTextFrom: text.length,
    logits: read.logits,
    weights: new Float64Array(read.logits.length),
  };
}

/** Whether what was written last ends the arm, and why. */
export function endOf(
  continuation: Continuation,
  tokenizer: Tokenizer,
  request: GenerationRequest,
  contextLength: number,
): EndReason | undefined {
  const { ids, firstNew } = continuation;
  const { sampling, endsAtEndOfText = true } = request;
  if (endsAtEndOfText && tokenizer.eosIds.includes(ids[ids.length - 1] ?? -1)) return "endOfText";
  if (stopAt(continuation.text, continuation.newTextFrom, sampling.stop) !== undefined) return "stop";
  if (ids.length - firstNew >= sampling.maxTokens) return "maxTokens";
  return ids.length > contextLength ? "contextFull" : undefined;
}

/** The text that this request added, up to a stop string. */
export function finalText({ text, newTextFrom, decoder }: Continuation, stop: readonly string[]): string {
  const whole = text + decoder.end();
  const end = stopAt(whole, newTextFrom, stop) ?? whole.length;
  return whole.slice(newTextFrom, Math.max(newTextFrom, end));
}

/** What the last pass showed of the token that it read; nothing where the context had no room to read it. */
export function observed({ observation, isEdited }: Continuation, wasRead: boolean): Pick<GeneratedToken, "activations" | "injectedNorm"> {
  return { activations: observation.activationsAt(0), injectedNorm: isEdited && wasRead ? observation.injectedNormAt(0) : null };
}

/** Where the first stop string begins that ends after `from`: one that was whole before has been passed already. */
function stopAt(text: string, from: number, stop: readonly string[]): number | undefined {
  let first: number | undefined;
  for (const words of stop) {
    const at = text.indexOf(words, Math.max(0, from - words.length + 1));
    if (at >= 0 && (first === undefined || at < first)) first = at;
  }
  return first;
}
