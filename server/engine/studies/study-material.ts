import type { Edit } from "@/lib/contract/edit";
import type { RowBatch } from "@/server/engine/models/row-batches";
import { batchRows, type LabelledRow, labelTokensOf } from "@/server/engine/models/row-batches";
import { continueGreedily } from "./continue-greedily";
import { armWith, type StudyContext, type StudyPrompt, type StudyTarget, type Work } from "./study-context";
import { layTexts, studyText, type TextChunk } from "./study-texts";

/** Most tokens of a pass, padding counted: what two cores read in about a second. */
export const PASS_TOKENS = 512;

/** What a study reads, and with which edits always on. */
export type StudyReadings = {
  readonly edits: readonly Edit[];
  readonly prompts: readonly StudyPrompt[];
  readonly targets: readonly StudyTarget[];
  readonly continuationTokens: number;
  /** Held-out rows for the loss. */
  readonly rows: readonly LabelledRow[];
};

/** All that each setting of a study is read on. */
export type StudyMaterial = {
  readonly prompts: number;
  readonly targets: number;
  /** By prompt, the unchanged arm's greedy continuation; an end token is its last. */
  readonly continuations: readonly (readonly number[])[];
  readonly chunks: readonly TextChunk[];
  readonly rowChunks: readonly RowBatch[];
  /** Label tokens of each held-out row. */
  readonly labelTokens: Int32Array;
};

/**
 * Writes the continuations and lays all texts out. Yields as `continueGreedily`.
 *
 * @throws RangeError when there is no prompt, one has no token or leaves the context no room, or held-out rows without labels were given
 */
export function* layMaterial(context: StudyContext, readings: StudyReadings): Work<StudyMaterial> {
  const { model, endIds } = context;
  const { prompts, targets, rows, edits, continuationTokens } = readings;
  const { contextLength } = model.config;
  if (prompts.length === 0) throw new RangeError("a study needs at least one prompt");
  const empty = prompts.findIndex(({ ids }) => ids.length === 0);
  if (empty >= 0) throw new RangeError(`prompt ${empty} has no token`);
  const labelled = rows.filter((row) => labelTokensOf(row) > 0);
  if (rows.length > 0 && labelled.length === 0) throw new RangeError(`none of ${rows.length} held-out rows has a label token`);
  for (const [prompt, { ids }] of prompts.entries()) {
    if (ids.length > contextLength)
      throw new RangeError(`prompt ${prompt} has ${ids.length} tokens, but the model's context is ${contextLength} tokens`);
  }
  const places = prompts.flatMap((prompt, place) => targets.map((target, which) => ({ prompt, place, target, which })));
  const ofTargets = places.map(({ prompt, place, target, which }) =>
    studyText(prompt.ids, target.ids, { prompt: place, target: which }, contextLength),
  );
  const openings = prompts.map(({ ids }) => ({
    ids: Int32Array.from(ids),
    promptLength: ids.length,
    arm: armWith(context, edits),
    room: roomAfter(ids.length, continuationTokens, contextLength),
  }));
  const continuations = yield* continueGreedily(model, openings, endIds);
  const ofContinuations = prompts.map(({ ids }, prompt) =>
    studyText(ids, continuations[prompt] ?? [], { prompt, target: null }, contextLength),
  );
  return {
    prompts: prompts.length,
    targets: targets.length,
    continuations,
    chunks: layTexts([...ofContinuations, ...ofTargets], PASS_TOKENS),
    rowChunks: batchRows(labelled, PASS_TOKENS),
    labelTokens: Int32Array.from(labelled, labelTokensOf),
  };
}

/** Tokens that may be written after a prompt: the last one is not read, so it needs no room. */
export function roomAfter(promptLength: number, wanted: number, contextLength: number): number {
  return Math.min(wanted, contextLength - promptLength + 1);
}
