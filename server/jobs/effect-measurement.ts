import type { AnswerChange, LatentEffect, MeasureEffectsRequest, TokenChange } from "@/lib/contract/effect";
import type { CollectionRow } from "@/server/db/latents/collections";
import { type MeasuredEffect, measureAblations } from "@/server/engine/effects/ablation";
import type { AblationTarget } from "@/server/engine/effects/ablation-plan";
import type { AblationEvent } from "@/server/engine/effects/measure-groups";
import type { MeasuredWrites } from "@/server/engine/effects/measured-writes";
import { type MeasuredAnswerEffect, measureAnswerAblations } from "@/server/engine/tasks/answers/effects/answer-ablation";
import type { ScoreChanges } from "@/server/engine/tasks/answers/effects/score-changes";
import { retold } from "@/server/engine/tensor/in-parts";
import { readLabelNames } from "@/server/files/adapters/label-names";
import { idsOnlyTokenizer } from "@/server/runtime/models/ids-only-tokenizer";
import { labelOf } from "@/server/runtime/rows/text-answer";
import { rowsOfCollection } from "./collection-plans";
import { heldOutAnswers } from "./held-out-answers";
import { heldOutText } from "./held-out-text";
import type { JobContext } from "./job-context";
import { isOfText, type OpenReading, type OpenRun } from "./open-run";
import { runFolders } from "./run-folders";

type Asked = {
  readonly collection: CollectionRow;
  readonly open: OpenReading;
  readonly request: MeasureEffectsRequest;
  readonly targets: readonly AblationTarget[];
  readonly signal: AbortSignal;
};

/** The passes that measure latents, and what they run over, in words. */
export type EffectMeasurement = { readonly text: string; readonly events: Generator<AblationEvent<LatentEffect> | undefined, void, void> };

/** Over held-out text, or, of an encoder, over rows with answers. @throws Error saying which rows are missing */
export async function effectMeasurement(context: JobContext, asked: Asked): Promise<EffectMeasurement> {
  const { open } = asked;
  return isOfText(open) ? overText(context, open, asked) : overAnswers(context, asked);
}

async function overText(context: JobContext, open: OpenRun, { collection, request, targets, signal }: Asked): Promise<EffectMeasurement> {
  const ofCollection = () => rowsOfCollection(context, collection, open, signal);
  const { rows, kind } = await heldOutText(context, open, ofCollection, request.rows, signal);
  const events = measureAblations(open.base.model, open.adapter, rows, targets, { operations: request.operations });
  return { text: `${rows.length} ${kind}`, events: described(events, (effect) => withTexts(open, effect)) };
}

async function overAnswers(context: JobContext, { open, request, targets, signal }: Asked): Promise<EffectMeasurement> {
  const { adapter, classifier, config, run } = open;
  if (classifier === undefined) throw new Error(`the run ${run.name} has no head, so there are no predictions to measure`);
  const rows = await heldOutAnswers(context, open, request.rows, signal);
  if (rows.length < 2) {
    throw new Error(
      "the run has fewer than two labelled held-out rows left; effects are measured on labelled rows that it was not trained on",
    );
  }
  const { model, head } = classifier;
  const labels = readLabelNames(runFolders(context.dataFolder, run.id).adapter);
  const events = measureAnswerAblations({ model, head: () => head.read() }, adapter, rows, targets, { operations: request.operations });
  // What a run that was trained elsewhere has seen is not known.
  const kind = config.training === null ? "rows that the run may have been trained on" : "held-out rows";
  return { text: `${rows.length} ${kind}`, events: described(events, (effect) => withLabels(labels, effect)) };
}

/** The same events, effects in the words of what they are of. */
function described<Effect>(
  events: Generator<AblationEvent<Effect> | undefined, void, void>,
  describe: (effect: Effect) => LatentEffect,
): Generator<AblationEvent<LatentEffect> | undefined, void, void> {
  return retold(events, (event) => (event.kind === "measured" ? { ...event, effects: event.effects.map(describe) } : event));
}

function withTexts({ base }: OpenRun, { writes, ...effect }: MeasuredEffect): LatentEffect {
  const tokenizer = base.tokenizer ?? idsOnlyTokenizer(base.model.config.vocab);
  const named = (changes: MeasuredWrites["raised"]) =>
    changes.map(({ token, change, halfWidth }): TokenChange => ({ token: tokenizer.tokenText(token), change, halfWidth }));
  if (writes === null) return { ...effect, writes };
  return { ...effect, writes: { raised: named(writes.raised), lowered: named(writes.lowered), positions: writes.positions } };
}

function withLabels(labels: readonly string[] | undefined, { scores, ...effect }: MeasuredAnswerEffect): LatentEffect {
  return { ...effect, writes: null, answer: scores === null ? null : answerChangeOf(labels, scores) };
}

function answerChangeOf(labels: readonly string[] | undefined, { rows, scores, probabilities }: ScoreChanges): AnswerChange {
  const none = { mean: 0, halfWidth: null };
  if (probabilities.length === 0) return { kind: "number", rows, change: scores[0] ?? none };
  const classes = scores.map((score, at) => ({ label: labelOf(labels, at), score, probability: probabilities[at] ?? none }));
  return { kind: "classes", rows, classes };
}
