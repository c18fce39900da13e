import type { Edit } from "@/lib/contract/edit";
import type { EvaluatedRow, EvaluationResult } from "@/lib/contract/study";
import { adapterHooks } from "@/server/engine/adapters/arms";
import type { Trained } from "@/server/engine/adapters/trained";
import type { CausalModel, LabelledBatch } from "@/server/engine/models/causal-model";
import { predictionsOf } from "@/server/engine/models/head-loss";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { batchRows, labelTokensOf } from "@/server/engine/models/row-batches";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { tidyInParts } from "@/server/engine/tensor/scope";
import { summariseEvaluation } from "./evaluation-summary";
import type { Progress } from "./progress";
import { type PredictionReadings, readPredictions } from "./read-predictions";
import { editsOnRows } from "./row-edits";
import type { EvaluationRow } from "./row-losses";

/** A tokenised row with what a person knows it by. */
export type NamedRow = EvaluationRow & {
  /** Its number in the data. */
  readonly row: number;
  readonly domain: string | null;
  /** Beginning of what is labelled. */
  readonly text: string;
};

export type EvaluationContext = {
  readonly model: CausalModel;
  readonly adapter: Trained;
  /** Whether a token marks the beginning, the end or a chat turn. */
  readonly isSpecial: (id: number) => boolean;
};

export type EditEvaluation = { readonly edits: readonly Edit[]; readonly rows: readonly NamedRow[]; readonly isHeldOut: boolean };

/** Most tokens of a pass, padding counted: what two cores read in about a second. */
const PASS_TOKENS = 512;

/** Interim results, at most: each takes the whole table. */
const INTERIM_RESULTS = 20;

type Readings = { readonly base: PredictionReadings; readonly adapter: PredictionReadings; readonly edited: PredictionReadings };

/**
 * Reads rows with the base model, the adapter, and the adapter with edits: losses, and which label tokens are the most probable
 * in their place. Yields after each pass of one arm; the result so far holds the shortest rows first, then all in the order given.
 *
 * @throws RangeError when no row has a label token, an edit names what the adapter has not, or a loss is not a finite number
 */
export function* evaluateEdits(
  context: EvaluationContext,
  { edits, rows, isHeldOut }: EditEvaluation,
): Generator<Progress<EvaluationResult | null> | undefined, EvaluationResult, void> {
  const labelled = rows.filter((row) => labelTokensOf(row) > 0);
  if (labelled.length === 0) throw new RangeError(`none of ${rows.length} rows has a label token`);
  const onRows = editsOnRows(edits).filter(({ isOn }) => isOn);
  const options = { edits: onRows, isSpecial: context.isSpecial };
  const [plain, withEdits] = [adapterHooks(context.adapter), adapterHooks(context.adapter, options)];
  const evaluated = new Array<EvaluatedRow | undefined>(labelled.length);
  const present = () =>
    summariseEvaluation(
      evaluated.filter((row) => row !== undefined),
      isHeldOut,
    );
  const total = 3 * labelled.length;
  let [done, shown] = [0, 0];
  let result: EvaluationResult | null = null;
  for (const { batch, rows: places } of batchRows(labelled, PASS_TOKENS)) {
    const advance = () => {
      done += places.length;
      return { done, total, result };
    };
    const base = yield* readBatch(context.model, batch, undefined);
    yield advance();
    const adapter = yield* readBatch(context.model, batch, plain);
    yield advance();
    // No edit is no change, bit for bit.
    const edited = onRows.length === 0 ? adapter : yield* readBatch(context.model, batch, withEdits);
    place(evaluated, labelled, batch, places, { base, adapter, edited });
    if (done + places.length === total || done - shown >= total / INTERIM_RESULTS) {
      shown = done;
      result = present();
    }
    yield advance();
  }
  return present();
}

function readBatch(model: CausalModel, batch: LabelledBatch, hooks: ProjectionHooks | undefined): InParts<PredictionReadings> {
  return tidyInParts(function* () {
    const { final } = yield* model.inParts.forward(batch, { hooks, padding: "unread" });
    return readPredictions(model, final, predictionsOf(batch, model.config.vocab));
  });
}

/** Enters a batch's rows into the table. */
function place(
  evaluated: (EvaluatedRow | undefined)[],
  labelled: readonly NamedRow[],
  batch: LabelledBatch,
  places: readonly number[],
  { base, adapter, edited }: Readings,
): void {
  const { label } = predictionsOf(batch, Number.POSITIVE_INFINITY);
  let begin = 0;
  for (const at of places) {
    const named = labelled[at];
    if (named === undefined) continue;
    const labelTokens = labelTokensOf(named);
    const own = { label: label.subarray(begin, begin + labelTokens), begin };
    const [right, wasRight] = [hits(edited, own), hits(adapter, own)];
    evaluated[at] = {
      row: named.row,
      domain: named.domain,
      text: named.text,
      labelTokens,
      base: rowReading(base, own),
      adapter: rowReading(adapter, own),
      edited: rowReading(edited, own),
      gained: right.filter((hit, i) => hit && wasRight[i] === false).length,
      lost: right.filter((hit, i) => !hit && wasRight[i] === true).length,
    };
    begin += labelTokens;
  }
}

/** One row's part of a batch's predictions. */
type RowPart = { readonly label: Int32Array; readonly begin: number };

function hits({ best }: PredictionReadings, { label, begin }: RowPart): boolean[] {
  return Array.from(label, (wanted, i) => best[begin + i] === wanted);
}

function rowReading(readings: PredictionReadings, part: RowPart): EvaluatedRow["base"] {
  const { label, begin } = part;
  const correct = hits(readings, part).filter((hit) => hit).length;
  const sum = readings.logProbabilities.subarray(begin, begin + label.length).reduce((total, value) => total + value, 0);
  return { loss: -sum / label.length, correct, isExact: correct === label.length };
}
