import type { LatentEffect } from "@/lib/contract/effect";
import type { Adapter } from "@/server/engine/adapters/adapter";
import type { AblationTarget } from "@/server/engine/effects/ablation-plan";
import { createRecords } from "@/server/engine/effects/ablation-records";
import type { SummaryRows } from "@/server/engine/effects/effect-summary";
import {
  type AblationEvent,
  BATCH_TOKENS,
  type GroupOptions,
  type MeasuredRows,
  measureRows,
} from "@/server/engine/effects/measure-groups";
import type { AnsweredRow } from "@/server/engine/tasks/answers/answered-rows";
import { type AblatedRow, ablatedAnswers, answerPasses, type Measured, scoresLost } from "./ablated-answers";
import { chunkAnswers } from "./answer-chunks";
import type { Classifier } from "./classifier";
import type { ScoreChanges } from "./score-changes";
import { answerUnchanged, type RowFirings } from "./unchanged-answers";

/** A tokenised row with its answer, and the domain it is from, null where it has none. */
export type AnswerEffectRow = AnsweredRow & { readonly domain: string | null };

/** A latent's effect as `lib/contract` describes it, scores by their places in the head; null where it fires in no row. */
export type MeasuredAnswerEffect = Omit<LatentEffect, "writes" | "answer"> & { readonly scores: ScoreChanges | null };

/**
 * As `measureAblations`, over an encoder with its head: ablated minus unchanged loss of answered rows, one loss a row (nats, or a squared error),
 * and what the latent gives each score of the head. Only rows in which the latent is kept run, from its own layer on.
 *
 * @throws RangeError under two answered rows, or when a target is not a latent of the adapter
 */
export function* measureAnswerAblations(
  classifier: Classifier,
  adapter: Adapter,
  rows: readonly AnswerEffectRow[],
  targets: readonly AblationTarget[],
  options: GroupOptions = {},
): Generator<AblationEvent<MeasuredAnswerEffect> | undefined, void, void> {
  const { task } = classifier;
  const answered = rows.filter(({ answer }) => task.has(answer));
  if (answered.length < 2) throw new RangeError(`${answered.length} labelled rows are too few for an interval; at least 2 are needed`);
  const summary: SummaryRows = { labelTokens: new Int32Array(answered.length).fill(1), domains: answered.map(({ domain }) => domain) };
  const chunks = chunkAnswers(classifier, answered, options.batchTokens ?? BATCH_TOKENS);
  const measured: MeasuredRows<AblatedRow, Measured> = {
    prefix: answerPasses(classifier, adapter, chunks),
    summary,
    *passes(states) {
      const firings = createRecords(targets, (): RowFirings => new Int32Array(answered.length).fill(-1));
      const unchanged = yield* answerUnchanged(classifier, adapter, chunks, firings);
      return ablatedAnswers(classifier, adapter, { chunks, unchanged, firings, states });
    },
  };
  yield* measureRows(adapter, targets, measured, options, (lost) => ({ scores: scoresLost(classifier, lost) }));
}
