import type { Arm } from "@/server/engine/adapters/arms";
import { continueGreedily, type Opening } from "./continue-greedily";
import { distinctPairs, type SettingReadings } from "./setting-readings";
import type { StudyContext, StudyPrompt, Work } from "./study-context";
import { roomAfter, type StudyMaterial } from "./study-material";

/** An arm with its readings of the material. */
export type ReadArm = { readonly arm: Arm; readonly readings: SettingReadings };

/** What texts begin with, and how far they go. */
export type TextPlan = { readonly prompts: readonly StudyPrompt[]; readonly continuationTokens: number; readonly material: StudyMaterial };

/**
 * How little each arm repeats itself in its own greedy text: distinct pairs of neighbouring tokens as a share of all, by prompt. As long as
 * an arm's most probable tokens are those of the unchanged arm, it writes the unchanged text; only from its departure on does it
 * write: exact where steps of one token compute as whole passes do. End tokens are left out. Yields as `continueGreedily`, and the texts that need no writing first.
 *
 * @returns by arm, by prompt
 */
export function* distinctPairsOf(
  { model, endIds }: StudyContext,
  { prompts, continuationTokens, material }: TextPlan,
  arms: readonly ReadArm[],
): Work<number[][]> {
  const texts = arms.map(() => material.continuations.map((continuation) => [...continuation]));
  const openings: (Opening & { readonly text: number[] })[] = [];
  arms.forEach(({ arm, readings }, which) => {
    readings.departures.forEach((departure, prompt) => {
      const [text, ids] = [texts[which]?.[prompt], prompts[prompt]?.ids];
      if (departure === undefined || text === undefined || ids === undefined) return;
      text.splice(departure.reading, Number.POSITIVE_INFINITY, departure.id);
      const room = roomAfter(ids.length, continuationTokens, model.config.contextLength) - text.length;
      if (room < 1 || endIds.includes(departure.id)) return;
      openings.push({ ids: Int32Array.from([...ids, ...text]), promptLength: ids.length, arm, room, text });
    });
  });
  yield arms.length * prompts.length - openings.length;
  const written = yield* continueGreedily(model, openings, endIds);
  openings.forEach(({ text }, i) => {
    text.push(...(written[i] ?? []));
  });
  return texts.map((byPrompt) => byPrompt.map((ids) => distinctPairs(withoutEnd(ids, endIds))));
}

/** A text without the end token that it may end with. */
export function withoutEnd(ids: readonly number[], endIds: readonly number[]): readonly number[] {
  const last = ids.at(-1);
  return last !== undefined && endIds.includes(last) ? ids.slice(0, -1) : ids;
}
