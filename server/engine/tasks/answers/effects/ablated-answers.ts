import type { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks, armHooks } from "@/server/engine/adapters/arms";
import { type Ablation, editOf } from "@/server/engine/effects/ablation-plan";
import { recordOf } from "@/server/engine/effects/ablation-records";
import { startOfRows } from "@/server/engine/effects/chosen-rows";
import type { RowEffects } from "@/server/engine/effects/effect-summary";
import type { AblatedPasses } from "@/server/engine/effects/group-measurement";
import { chunkPasses, type PrefixPasses, type PrefixStates } from "@/server/engine/effects/prefix-states";
import type { PassStart } from "@/server/engine/models/causal-model";
import type { AnsweredBatch } from "@/server/engine/models/encoders/classification-model";
import { readFloats } from "@/server/engine/tensor/create";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { tidyInParts } from "@/server/engine/tensor/scope";
import type { AnswerChunk } from "./answer-chunks";
import type { Classifier } from "./classifier";
import { type ScoreChanges, summariseScores } from "./score-changes";
import type { ChunkAnswers, FiringsByModule } from "./unchanged-answers";

/** What ablations run over. */
export type MeasuredAnswers = {
  readonly chunks: readonly AnswerChunk[];
  /** The unedited adapter's, by chunk. */
  readonly unchanged: readonly ChunkAnswers[];
  readonly firings: FiringsByModule;
  readonly states: PrefixStates;
};

/** What one ablation changed: the losses by row, and the scores of the rows in which its latent fires, one after the other. */
export type Measured = { readonly effects: RowEffects; readonly unchanged: number[]; readonly ablated: number[] };

/** @param row its place in the chunk */
export type AblatedRow = { readonly ablation: Ablation; readonly row: number };

/** Passes of an encoder with its head over answered rows. */
export function ablatedAnswers(
  { model, head }: Classifier,
  adapter: Adapter,
  { chunks, unchanged, firings, states }: MeasuredAnswers,
): AblatedPasses<AblatedRow, Measured> {
  const { numLabels } = model;
  return {
    chunkTokens: chunks.map(({ batch }) => batch.tokens),
    start(ablation) {
      const own = recordOf(firings, ablation).map((count) => Math.max(count, 0));
      return { effects: { deltas: new Float64Array(own.length), firings: own }, unchanged: [], ablated: [] };
    },
    /** Only rows in which the latent is kept: the others' change is 0. */
    rowsOf(ablations, chunk) {
      const rows = chunks[chunk]?.rows ?? [];
      return ablations.flatMap((ablation) => {
        const own = recordOf(firings, ablation);
        return rows.flatMap((place, row) => ((own[place] as number) < 0 ? [] : [{ ablation, row }]));
      });
    },
    *run(own, { chunk, layer }, measuredOf) {
      const { batch, rows } = chunks[chunk] as AnswerChunk;
      const { scores: before, losses } = unchanged[chunk] as ChunkAnswers;
      const scores = yield* scoresOf(batch, own, yield* states.startAt(chunk, layer));
      const after = batch.answers.take(own.map(({ row }) => row)).losses(scores, numLabels).losses;
      own.forEach((one, i) => {
        const { effects, unchanged: kept, ablated } = measuredOf(one);
        const number = rows[one.row] as number;
        effects.deltas[number] = (after[i] as number) - (losses[one.row] as number);
        if (!one.ablation.isTarget || (effects.firings[number] as number) === 0) return;
        kept.push(...before.subarray(one.row * numLabels, (one.row + 1) * numLabels));
        ablated.push(...scores.subarray(i * numLabels, (i + 1) * numLabels));
      });
    },
  };

  /** @returns (rows, numLabels) scores of rows of one chunk, each with its own ablation, in one pass that begins at the ablated layer */
  function* scoresOf(batch: AnsweredBatch, rows: readonly AblatedRow[], start: PassStart | undefined): InParts<Float32Array> {
    const places = rows.map(({ row }) => row);
    const hooks = armHooks(rows.map(({ ablation }) => ({ adapter, edits: [editOf(ablation)] })));
    return yield* tidyInParts(function* () {
      const from = startOfRows(start, batch.tokens, rows);
      return readFloats(yield* model.inParts.scores(model.encoder.inputs.take(batch, places), hooks, head(), from));
    });
  }
}

/** What the head's scores of a target lost; null where it fires in no row. */
export function scoresLost({ task, model }: Classifier, { unchanged, ablated }: Measured): ScoreChanges | null {
  const compared = { unchanged: Float32Array.from(unchanged), ablated: Float32Array.from(ablated) };
  return summariseScores(task, compared, model.numLabels);
}

/** Passes of the unedited adapter over chunks of rows. */
export function answerPasses({ model: { encoder } }: Classifier, adapter: Adapter, chunks: readonly AnswerChunk[]): PrefixPasses {
  const hooks = adapterHooks(adapter);
  return chunkPasses(chunks, encoder.config, (batch, part) => encoder.inParts.forward(batch, { hooks, ...part }));
}
