import { textsOf } from "@/server/engine/models/batch";
import type { DifferentiateOptions } from "@/server/engine/models/block-passes";
import type { PassStart } from "@/server/engine/models/causal-model";
import type { Gradients, ProjectionHooks } from "@/server/engine/models/projection-hook";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import { type InParts, wholly } from "@/server/engine/tensor/in-parts";
import { tidy, tidyInParts } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { ClassificationHead, HeadTensors } from "./classification-head";
import type { EncoderBatch } from "./encoder-batch";
import type { AnyEncoderConfig, EncoderModel, Top } from "./encoder-model";
import { demandAnswers, type RowAnswers, type RowLosses } from "./row-answers";

/** Where texts share rows, each has its own answer, scores and loss; `rows` below are then texts. */
export type AnsweredBatch = EncoderBatch & { readonly answers: RowAnswers };

export type RowLossAndGradients = {
  /** Over the rows that have an answer, as the batch's answers count it: cross-entropy in nats, or squared error. */
  readonly lossSum: number;
  /** (rows) NaN where a row has no label. */
  readonly rowLosses: Float32Array;
  /** (rows, numLabels) */
  readonly scores: Float32Array;
  /** Of lossSum · weight, by parameter key, the head's by its tensors' names; the caller frees them. */
  readonly gradients: Gradients;
};

export type ScoresAndGradients = Pick<RowLossAndGradients, "scores" | "gradients">;

/** A frozen encoder under a head that is trained. The head's tensors, as the adapters' hooks, are given with each pass. */
export type ClassificationModel<Config = AnyEncoderConfig> = {
  readonly encoder: EncoderModel<Config>;
  /** Scores of a row: one a class, or 1 for a regression. */
  readonly numLabels: number;
  /** The head's tensors by the checkpoint's names. */
  readonly headShapes: ClassificationHead["shapes"];
  /**
   * @param from begin with what enters a block, as an earlier pass over the same batch left it
   * @returns (rows, numLabels)
   * @throws RangeError when the batch does not fit the model, or the head lacks a tensor
   */
  scores(batch: EncoderBatch, hooks: ProjectionHooks | undefined, head: HeadTensors, from?: PassStart): Tensor;
  /**
   * A forward pass, and the backward pass of whatever is made of the scores.
   *
   * @param slopesOf gives the gradient by the scores, (rows, numLabels), of what is differentiated
   * @throws RangeError as `scores`
   */
  differentiate(
    batch: EncoderBatch,
    hooks: ProjectionHooks | undefined,
    head: HeadTensors,
    slopesOf: (scores: Float32Array) => Float32Array,
  ): ScoresAndGradients;
  /**
   * @param hooks of the adapter that learns; without, the head alone does
   * @param weight what each row's loss is multiplied by in the gradients: 1 / labelled rows of the whole optimizer step
   * @throws RangeError when the batch does not fit the model, an answer does not fit the head, or no row has one
   */
  lossAndGradients(
    batch: AnsweredBatch,
    hooks: ProjectionHooks | undefined,
    head: HeadTensors,
    weight: number,
    options?: DifferentiateOptions,
  ): RowLossAndGradients;
  /** The same passes, which stop after each block: whoever runs them lets others work in between. */
  readonly inParts: {
    scores(batch: EncoderBatch, hooks: ProjectionHooks | undefined, head: HeadTensors, from?: PassStart): InParts<Tensor>;
    differentiate(
      batch: EncoderBatch,
      hooks: ProjectionHooks | undefined,
      head: HeadTensors,
      slopesOf: (scores: Float32Array) => Float32Array,
    ): InParts<ScoresAndGradients>;
    lossAndGradients(
      batch: AnsweredBatch,
      hooks: ProjectionHooks | undefined,
      head: HeadTensors,
      weight: number,
      options?: DifferentiateOptions,
    ): InParts<RowLossAndGradients>;
  };
};

/** @throws RangeError unless numLabels is a whole number above 0 */
export function createClassificationModel<Config = AnyEncoderConfig>(
  encoder: EncoderModel<Config>,
  numLabels: number,
): ClassificationModel<Config> {
  const head = encoder.head(numLabels, encoder.pooler);

  function scores(batch: EncoderBatch, hooks: ProjectionHooks | undefined, tensors: HeadTensors, from?: PassStart): InParts<Tensor> {
    return tidyInParts(function* () {
      const { final } = yield* encoder.inParts.forward(batch, { hooks, from });
      return tidy(() => head.forward(final, batch, hooks, tensors).scores);
    });
  }

  function* differentiate(
    batch: EncoderBatch,
    hooks: ProjectionHooks | undefined,
    tensors: HeadTensors,
    slopesOf: (scores: Float32Array) => Float32Array,
    options?: DifferentiateOptions,
  ): InParts<ScoresAndGradients> {
    const top: Top<Float32Array> = (final, needsFinal, made) => {
      const { scores, saved } = head.forward(final, batch, hooks, tensors);
      const values = readFloats(scores);
      return { result: values, dFinal: head.backward(fromValues(slopesOf(values), scores.shape), saved, needsFinal, tensors, made) };
    };
    const { result, gradients } = yield* encoder.inParts.differentiate(batch, hooks, top, options);
    return { scores: result, gradients };
  }

  function* lossAndGradients(
    batch: AnsweredBatch,
    hooks: ProjectionHooks | undefined,
    tensors: HeadTensors,
    weight: number,
    options?: DifferentiateOptions,
  ): InParts<RowLossAndGradients> {
    demandAnswers(batch.answers, textsOf(batch).length, numLabels);
    let found: Omit<RowLosses, "dScores"> = { losses: new Float32Array(), lossSum: 0 };
    const slopesOf = (values: Float32Array) => {
      const { dScores, ...losses } = batch.answers.losses(values, numLabels);
      found = losses;
      return dScores.map((slope) => slope * weight);
    };
    const { scores, gradients } = yield* differentiate(batch, hooks, tensors, slopesOf, options);
    return { lossSum: found.lossSum, rowLosses: found.losses, scores, gradients };
  }

  return {
    encoder,
    numLabels,
    headShapes: head.shapes,
    scores: (...asked) => wholly(scores(...asked)),
    differentiate: (...asked) => wholly(differentiate(...asked)),
    lossAndGradients: (...asked) => wholly(lossAndGradients(...asked)),
    inParts: { scores, differentiate, lossAndGradients },
  };
}
