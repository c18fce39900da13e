import { type Arm, armHooks } from "@/server/engine/adapters/arms";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { freeSequence, type Sequence } from "@/server/engine/models/sequence";
import { argMaxLast, sumLast } from "@/server/engine/tensor/arithmetic";
import { readFloats, readInts } from "@/server/engine/tensor/create";
import { tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { Work } from "./study-context";

/** A text to continue. */
export type Opening = {
  readonly ids: Int32Array;
  /** Tokens that count as prompt for the scopes of edits. */
  readonly promptLength: number;
  readonly arm: Arm;
  /** Most tokens to write. */
  readonly room: number;
};

/** Texts that are written side by side: as many as share a step well, and as their keys and values leave room for. */
const TEXTS_AT_ONCE = 32;
const CACHED_TOKENS = 2 ** 14;

/** Tokens of openings that are read in one pass, padding counted. */
const PASS_TOKENS = 512;

/** A text under way. */
type Continuation = { readonly place: number; readonly opening: Opening; readonly sequence: Sequence; readonly written: number[] };

/**
 * Writes each opening's most probable continuation, up to its room or the first end token, which is its last; many at once, each
 * with its own arm. Yields nothing after each step, and the number of texts once those that are written together have ended.
 *
 * @returns by opening, the tokens written
 * @throws RangeError when a logit is not a finite number, or an opening does not fit the model's context
 */
export function* continueGreedily(model: CausalModel, openings: readonly Opening[], endIds: readonly number[]): Work<number[][]> {
  const written = openings.map((): number[] => []);
  const longest = openings.reduce((most, { ids, room }) => Math.max(most, ids.length + room), 1);
  const atOnce = Math.max(1, Math.min(TEXTS_AT_ONCE, Math.floor(CACHED_TOKENS / longest)));
  for (let from = 0; from < openings.length; from += atOnce) {
    const own = openings.slice(from, from + atOnce);
    yield* writeTogether(model, own, written.slice(from, from + atOnce), endIds);
    yield own.length;
  }
  return written;
}

function* writeTogether(model: CausalModel, openings: readonly Opening[], written: number[][], endIds: readonly number[]): Work<void> {
  const held: Sequence[] = [];
  try {
    let live: Continuation[] = [];
    const hasEnded = ({ written: tokens, opening }: Continuation) =>
      tokens.length >= opening.room || endIds.includes(tokens[tokens.length - 1] as number);
    for (const places of passesOf(openings)) {
      const own = places.map((place) => openings[place] as Opening);
      const { sequences, ids } = readOpenings(model, own);
      held.push(...sequences);
      places.forEach((place, row) => {
        const continuation = {
          place,
          opening: own[row] as Opening,
          sequence: sequences[row] as Sequence,
          written: written[place] as number[],
        };
        continuation.written.push(ids[row] as number);
        if (!hasEnded(continuation)) live.push(continuation);
      });
      yield;
    }
    let hooks = armHooks(live.map(({ opening }) => opening.arm));
    while (live.length > 0) {
      const sequences = live.map(({ sequence }) => sequence);
      const last = Int32Array.from(live, ({ written: tokens }) => tokens[tokens.length - 1] as number);
      const chosen = tidy(() => mostProbable(model.decode(sequences, last, hooks)));
      live.forEach((continuation, row) => {
        continuation.written.push(chosen[row] as number);
      });
      const still = live.filter((continuation) => !hasEnded(continuation));
      if (still.length < live.length) hooks = armHooks(still.map(({ opening }) => opening.arm));
      live = still;
      yield;
    }
  } finally {
    for (const sequence of held) freeSequence(sequence);
  }
}

function readOpenings(model: CausalModel, openings: readonly Opening[]): { sequences: Sequence[]; ids: Int32Array } {
  const maxTokens = openings.reduce((most, { ids, room }) => Math.max(most, ids.length + room - 1), 1);
  return tidy(() => {
    const { sequences, logits } = model.prefill(
      openings.map(({ ids }) => ids),
      { hooks: armHooks(openings.map(({ arm }) => arm)), promptLengths: openings.map(({ promptLength }) => promptLength), maxTokens },
    );
    try {
      return { sequences, ids: mostProbable(logits) };
    } catch (fault) {
      for (const sequence of sequences) freeSequence(sequence);
      throw fault;
    }
  });
}

/** Cuts openings, by place, into passes of at most `PASS_TOKENS` tokens. */
function passesOf(openings: readonly Opening[]): number[][] {
  const passes: { places: number[]; longest: number }[] = [];
  openings.forEach(({ ids }, place) => {
    const last = passes.at(-1);
    const longest = Math.max(last?.longest ?? 0, ids.length);
    if (last !== undefined && (last.places.length + 1) * longest <= PASS_TOKENS) {
      last.places.push(place);
      last.longest = longest;
    } else passes.push({ places: [place], longest: ids.length });
  });
  return passes.map(({ places }) => places);
}

/** Of each row of logits (rows, vocab). */
function mostProbable(logits: Tensor): Int32Array {
  return tidy(() => {
    const odd = readFloats(sumLast(logits)).findIndex((sum) => !Number.isFinite(sum));
    if (odd >= 0) throw new RangeError(`text ${odd}: a logit is not a finite number`);
    return readInts(argMaxLast(logits));
  });
}
