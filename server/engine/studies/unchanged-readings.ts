import { meanOf } from "@/lib/numbers/intervals";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { free, keep, tidyInParts } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { type Comparison, compareExpectations, type Expectations, type TextReadings } from "./expectations";
import { enterChanges, enterTarget, type SettingReadings, zeroReadings } from "./setting-readings";
import type { Work } from "./study-context";
import type { StudyMaterial } from "./study-material";
import { readingRows, type StudyText, type TextChunk } from "./study-texts";
import { readTargets } from "./target-readings";
import type { UnchangedStates } from "./unchanged-states";

/** What the unchanged arm makes of one text, by reading. */
export type UnchangedText =
  | { readonly kind: "target"; readonly logProbabilities: Float32Array }
  | {
      readonly kind: "continuation";
      /** Place among the expectations. */
      readonly expected: number;
      /** KL(unchanged ‖ base). */
      readonly toBase: Float32Array;
      /** The most probable tokens. */
      readonly best: Int32Array;
    };

/** The unchanged arm and the base model over all material: what every setting is compared with. */
export type UnchangedReadings = {
  readonly adapter: SettingReadings;
  readonly base: SettingReadings;
  /** By chunk and row. */
  readonly texts: readonly (readonly UnchangedText[])[];
  /** By chunk of held-out rows: (rows · tokens), NaN without a label. */
  readonly tokenLosses: readonly Float32Array[];
};

/** Of continuations, in the order that they are read. */
export type UnchangedExpectations = { readonly adapter: Expectations; readonly base: Expectations };

/**
 * Reads the material with the unchanged arm and with the base model, and enters what they expect. Yields the rows of each pass.
 *
 * @throws RangeError when a reading is not a finite number
 */
export function* readUnchanged(
  model: CausalModel,
  material: StudyMaterial,
  states: { readonly texts: UnchangedStates; readonly rows: UnchangedStates },
  expectations: UnchangedExpectations,
): Work<UnchangedReadings> {
  const arms = { adapter: zeroReadings(material), base: zeroReadings(material) };
  const texts: UnchangedText[][] = [];
  for (const [place, chunk] of material.chunks.entries()) {
    const adapter = keep(yield* states.texts.finalOf(place));
    try {
      yield chunk.texts.length;
      const base = keep((yield* model.inParts.forward(chunk.batch, { padding: "unread" })).final);
      try {
        texts.push(readChunk(model, chunk, { adapter, base }, arms, expectations));
      } finally {
        free(base);
      }
    } finally {
      free(adapter);
    }
    yield chunk.texts.length;
  }
  const tokenLosses: Float32Array[] = [];
  for (const [place, { batch, rows }] of material.rowChunks.entries()) {
    enterLosses(arms.base, material, rows, yield* model.inParts.tokenLosses(batch), batch.tokens);
    yield rows.length;
    const losses = yield* tidyInParts(function* () {
      return yield* model.inParts.tokenLossesOf(yield* states.rows.finalOf(place), batch);
    });
    tokenLosses.push(losses);
    enterLosses(arms.adapter, material, rows, losses, batch.tokens);
    yield rows.length;
  }
  return { ...arms, texts, tokenLosses };
}

type Finals = { readonly adapter: Tensor; readonly base: Tensor };

function readChunk(
  model: CausalModel,
  { batch, texts }: TextChunk,
  finals: Finals,
  arms: Pick<UnchangedReadings, "adapter" | "base">,
  expectations: UnchangedExpectations,
): UnchangedText[] {
  const read = new Map<StudyText, UnchangedText>();
  const placed = texts.map((text, row) => ({ text, rows: readingRows(text, row, batch.tokens, 0) }));
  const targets = placed.filter(({ text }) => text.target !== null);
  const ofTargets = { adapter: readTargets(model, finals.adapter, targets), base: readTargets(model, finals.base, targets) };
  targets.forEach(({ text }, i) => {
    const logProbabilities = ofTargets.adapter[i] as Float32Array;
    enterTarget(arms.adapter, text, logProbabilities);
    enterTarget(arms.base, text, ofTargets.base[i] as Float32Array);
    read.set(text, { kind: "target", logProbabilities });
  });
  const continuations = placed.flatMap(({ text, rows }): (TextReadings & { of: StudyText })[] => {
    if (text.target !== null) return [];
    expectations.base.add(finals.base, rows);
    return [{ text: expectations.adapter.add(finals.adapter, rows), from: 0, rows, of: text }];
  });
  const ofAdapter = compareExpectations(model, finals.adapter, continuations, [expectations.base]);
  const ofBase = compareExpectations(model, finals.base, continuations, [expectations.adapter]);
  continuations.forEach(({ of, text: expected }, i) => {
    const [own, other] = [ofAdapter[i] as Comparison, ofBase[i] as Comparison];
    const [toBase, toAdapter] = [own.divergences[0] as Float32Array, other.divergences[0] as Float32Array];
    arms.adapter.klToBase[of.prompt] = meanOf(toBase);
    arms.base.klToAdapter[of.prompt] = meanOf(toAdapter);
    enterChanges(arms.base, of.prompt, other.best, own.best);
    read.set(of, { kind: "continuation", expected, toBase, best: own.best });
  });
  return texts.map((text) => read.get(text) as UnchangedText);
}

/** @throws RangeError when a row has a loss that is not a number */
function enterLosses(
  { rowLosses }: SettingReadings,
  { labelTokens }: StudyMaterial,
  rows: readonly number[],
  losses: Float32Array,
  tokens: number,
): void {
  rows.forEach((place, row) => {
    const own = losses.subarray(row * tokens, (row + 1) * tokens).filter((loss) => Number.isFinite(loss));
    if (own.length !== labelTokens[place]) throw new RangeError(`held-out row ${place}: the loss of a token is not a finite number`);
    rowLosses[place] = meanOf(own);
  });
}
