import type { Edit } from "@/lib/contract/edit";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks, armHooks } from "@/server/engine/adapters/arms";
import { type Ablation, type AblationGroup, ablationKey } from "@/server/engine/effects/ablation-plan";
import type { ControlEffect, RowEffects, SummaryRows } from "@/server/engine/effects/effect-summary";
import { MeasuredGroup } from "@/server/engine/effects/measured-group";
import type { PrefixPasses, PrefixStates } from "@/server/engine/effects/prefix-states";
import type { PassStart } from "@/server/engine/models/causal-model";
import { type RowAnswers, rowLosses } from "@/server/engine/models/encoders/row-loss";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { gatherRows } from "@/server/engine/tensor/layout";
import { tidyInParts } from "@/server/engine/tensor/scope";
import { type AnswerChunk, takeRows } from "./answer-chunks";
import type { Classifier } from "./classifier";
import { type ScoreChanges, summariseScores } from "./score-changes";
import type { ChunkAnswers, FiringsByModule, RowFirings } from "./unchanged-answers";

/** What ablations run over. */
export type MeasuredAnswers = {
  readonly chunks: readonly AnswerChunk[];
  /** The unedited adapter's, by chunk. */
  readonly unchanged: readonly ChunkAnswers[];
  readonly firings: FiringsByModule;
  readonly states: PrefixStates;
  readonly summary: SummaryRows;
};

/** What one ablation changed: the losses by row, and the scores of the rows in which its latent fires, one after the other. */
type Measured = { readonly effects: RowEffects; readonly unchanged: number[]; readonly ablated: number[] };

/** A row of a chunk with one latent taken out. @param row its place in the chunk */
type AblatedRow = { readonly ablation: Ablation; readonly row: number };

/** Runs the passes of one group of ablations after another. It holds a group's row by row until the next, and a line of every one. */
export class AnswerMeasurement {
  private readonly classifier: Classifier;
  private readonly adapter: Adapter;
  private readonly answers: MeasuredAnswers;
  private readonly batchTokens: number;
  private readonly group: MeasuredGroup<Measured>;

  constructor(classifier: Classifier, adapter: Adapter, answers: MeasuredAnswers, batchTokens: number) {
    this.classifier = classifier;
    this.adapter = adapter;
    this.answers = answers;
    this.batchTokens = batchTokens;
    this.group = new MeasuredGroup(answers.summary);
  }

  /** Rows that a group runs, once for each ablation. */
  sizeOf({ ablations }: AblationGroup): number {
    return this.answers.chunks.reduce((sum, chunk) => sum + this.ablatedRows(ablations, chunk).length, 0);
  }

  /** Yields the rows that went through each pass, and nothing between its parts. */
  *measure({ layer, ablations }: AblationGroup): Generator<number | undefined, void, void> {
    const { chunks, states } = this.answers;
    this.group.begin(ablations, (ablation) => this.start(ablation));
    for (const [place, chunk] of chunks.entries()) {
      const all = this.ablatedRows(ablations, chunk);
      const atOnce = Math.max(1, Math.floor(this.batchTokens / chunk.batch.tokens));
      for (let from = 0; from < all.length; from += atOnce) {
        const own = all.slice(from, from + atOnce);
        this.record(place, own, yield* this.run(chunk, own, yield* states.startAt(place, layer)));
        yield own.length;
      }
    }
    this.group.end();
  }

  /** Of an ablation of the group that was measured last. */
  effectsOf(key: string): RowEffects {
    return this.group.of(key).effects;
  }

  /** Of a target of the group that was measured last; null where it fires in no row. */
  scoresOf(key: string): ScoreChanges | null {
    const { unchanged, ablated } = this.group.of(key);
    return summariseScores(Float32Array.from(unchanged), Float32Array.from(ablated), this.classifier.model.numLabels);
  }

  /** Of any ablation measured so far. */
  lineOf(key: string): ControlEffect {
    return this.group.lineOf(key);
  }

  private start(ablation: Ablation): Measured {
    const firings = this.firingsOf(ablation).map((count) => Math.max(count, 0));
    return { effects: { deltas: new Float64Array(firings.length), firings }, unchanged: [], ablated: [] };
  }

  /** Only rows in which the latent is kept: the others' change is 0. */
  private ablatedRows(ablations: readonly Ablation[], { rows }: AnswerChunk): AblatedRow[] {
    return ablations.flatMap((ablation) => {
      const firings = this.firingsOf(ablation);
      return rows.flatMap((place, row) => ((firings[place] as number) < 0 ? [] : [{ ablation, row }]));
    });
  }

  /** @returns (rows, numLabels) scores of rows of one chunk, each with its own ablation, in one pass that begins at the ablated layer */
  private *run({ batch }: AnswerChunk, rows: readonly AblatedRow[], start: PassStart | undefined): InParts<Float32Array> {
    const { model, head } = this.classifier;
    const places = rows.map(({ row }) => row);
    const hooks = armHooks(rows.map(({ ablation }) => ({ adapter: this.adapter, edits: [editOf(ablation)] })));
    return yield* tidyInParts(function* () {
      const from = start && { layer: start.layer, states: gatherRows(start.states, tokensOf(places, batch.tokens)) };
      return readFloats(yield* model.inParts.scores(takeRows(batch, places), hooks, head(), from));
    });
  }

  private record(place: number, rows: readonly AblatedRow[], scores: Float32Array): void {
    const { numLabels } = this.classifier.model;
    const { batch, rows: numbers } = this.answers.chunks[place] as AnswerChunk;
    const { scores: before, losses } = this.answers.unchanged[place] as ChunkAnswers;
    const after = rowLosses(scores, takeAnswers(batch.answers, rows), numLabels).losses;
    rows.forEach(({ ablation, row }, i) => {
      const { effects, unchanged, ablated } = this.group.of(ablationKey(ablation));
      const number = numbers[row] as number;
      effects.deltas[number] = (after[i] as number) - (losses[row] as number);
      if (!ablation.isTarget || (effects.firings[number] as number) === 0) return;
      unchanged.push(...before.subarray(row * numLabels, (row + 1) * numLabels));
      ablated.push(...scores.subarray(i * numLabels, (i + 1) * numLabels));
    });
  }

  private firingsOf({ latent }: Ablation): RowFirings {
    const found = this.answers.firings.get(latent.module)?.get(latent.index);
    if (found === undefined) throw new Error(`latent ${latent.index} of ${latent.module} was not recorded`);
    return found;
  }
}

/** Passes of the unedited adapter over chunks of rows. */
export function answerPasses({ model }: Classifier, adapter: Adapter, chunks: readonly AnswerChunk[]): PrefixPasses {
  const hooks = adapterHooks(adapter);
  return {
    positions: chunks.reduce((sum, { batch }) => sum + batch.rows * batch.tokens, 0),
    dModel: model.encoder.config.dModel,
    *run(chunk, part) {
      const own = chunks[chunk];
      if (own === undefined) throw new RangeError(`chunk ${chunk} is not in 0…${chunks.length - 1}`);
      return (yield* model.encoder.inParts.forward(own.batch, { hooks, ...part })).final;
    },
  };
}

function editOf({ latent, operation }: Ablation): Edit {
  return { operation, latent, isOn: true, scope: "all" };
}

/** Places of all tokens of some rows. */
function tokensOf(rows: readonly number[], tokens: number) {
  const at = Int32Array.from({ length: rows.length * tokens }, (_, i) => (rows[Math.floor(i / tokens)] as number) * tokens + (i % tokens));
  return fromValues(at, [at.length]);
}

function takeAnswers(answers: RowAnswers, rows: readonly AblatedRow[]): RowAnswers {
  if (answers.kind === "labels") return { kind: "labels", labels: Int32Array.from(rows, ({ row }) => answers.labels[row] as number) };
  return { kind: "targets", targets: Float32Array.from(rows, ({ row }) => answers.targets[row] as number) };
}
