import type { EncoderVariant } from "@/lib/contract/architectures/encoder-config";
import { nonlinearityOf } from "@/server/engine/models/nonlinearity";
import { type Projection, project, projectBackward, type SavedProjection } from "@/server/engine/models/projection";
import type { Gradients, HookPass, ProjectionHooks } from "@/server/engine/models/projection-hook";
import type { WeightShapes } from "@/server/engine/models/weights";
import { addAll, addBias, sumRows } from "@/server/engine/tensor/arithmetic";
import { fromValues } from "@/server/engine/tensor/create";
import { gatherRows, scatterAddRows } from "@/server/engine/tensor/layout";
import { linear, linearInputGrad, matmul } from "@/server/engine/tensor/products";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { type EncoderBatch, firstTokens } from "./encoder-batch";

/** The trained tensors of a head by the checkpoint's names, `classifier.weight`; a linear module's are (dOut, dIn) and (dOut). */
export type HeadTensors = ReadonlyMap<string, Tensor>;

/** From final states to the scores. */
export type ClassificationHead<Saved = unknown> = {
  readonly numLabels: number;
  /** What is trained. */
  readonly shapes: WeightShapes;
  /** final (rows · tokens, dModel) → scores (rows, numLabels): of each text a row of them, where texts share rows */
  forward(final: Tensor, batch: EncoderBatch, hooks: ProjectionHooks | undefined, head: HeadTensors): { scores: Tensor; saved: Saved };
  /**
   * Adds the gradients of the head's tensors, and of an adapter on the pooler, to `gradients`.
   *
   * @param dScores (rows, numLabels)
   * @returns the gradient of the final states when it is needed
   */
  backward(dScores: Tensor, saved: Saved, needsFinal: boolean, head: HeadTensors, gradients: Gradients): Tensor | undefined;
};

export type SavedHead = {
  /** (rows) first tokens among all, and their states (rows, dModel). */
  readonly places: Tensor;
  readonly first: Tensor;
  readonly numTokens: number;
  /** Before and after the nonlinearity. */
  readonly dense: Tensor;
  readonly bent: Tensor;
  readonly pooler: SavedProjection;
};

export type LinearModule = { readonly module: string; readonly dIn: number; readonly dOut: number };

/** The trained linear modules of each architecture's head as transformers has them, the last one giving the scores. */
export function classifierModules({ names, dModel }: EncoderVariant, numLabels: number): LinearModule[] {
  const dense = names.dense === undefined ? [] : [{ module: names.dense, dIn: dModel, dOut: dModel }];
  return [...dense, { module: names.scores, dIn: dModel, dOut: numLabels }];
}

/**
 * The head of `…ForSequenceClassification`: BERT's and DeBERTa's read the frozen pooler, RoBERTa's trains its own dense layer. Where the
 * checkpoint has no pooler, as one for masked language modelling has none, it is trained with the head: a random one could not be told
 * from the adapter's file.
 *
 * @throws RangeError unless numLabels is a whole number above 0
 */
export function classificationHead(
  config: EncoderVariant,
  pooler: Projection | undefined,
  numLabels: number,
): ClassificationHead<SavedHead> {
  demandLabels(numLabels);
  const modules = classifierModules(config, numLabels);
  const trainedDense = config.names.dense ?? (pooler === undefined ? config.names.pooler : undefined);
  const denseModule = trainedDense === undefined ? undefined : { module: trainedDense, dIn: config.dModel, dOut: config.dModel };
  const out = modules[modules.length - 1] as LinearModule;
  const bend = nonlinearityOf(config.poolerActivation);

  return {
    numLabels,
    shapes: shapesOf(denseModule === undefined ? [out] : [denseModule, out]),

    forward(final, batch, hooks, head) {
      const starts = firstTokens(batch);
      const places = fromValues(starts, [starts.length]);
      const first = gatherRows(final, places);
      const { output: dense, saved } =
        denseModule === undefined && pooler !== undefined
          ? project(pooler, first, hooks, firstPass(batch, starts))
          : { output: applyLinear(denseModule as LinearModule, first, head), saved: undefined };
      const bent = bend.forward(dense);
      return {
        scores: applyLinear(out, bent, head),
        saved: { places, first, numTokens: final.shape[0] ?? 0, dense, bent, pooler: saved },
      };
    },

    backward(dScores, saved, needsFinal, head, gradients) {
      const isDenseLearned = denseModule !== undefined || saved.pooler !== undefined;
      linearBackward(out, saved.bent, dScores, gradients);
      if (!needsFinal && !isDenseLearned) return undefined;
      const dDense = bend.backward(saved.dense, linearInputGrad(dScores, tensorOf(head, `${out.module}.weight`)));
      if (denseModule !== undefined) linearBackward(denseModule, saved.first, dDense, gradients);
      const parts =
        denseModule === undefined && pooler !== undefined
          ? projectBackward(pooler, dDense, saved.pooler, needsFinal, gradients)
          : needsFinal
            ? [linearInputGrad(dDense, tensorOf(head, `${(denseModule as LinearModule).module}.weight`))]
            : [];
      return parts.length === 0 ? undefined : scatterAddRows(saved.places, addAll(parts), saved.numTokens);
    },
  };
}

/** @throws RangeError unless numLabels is a whole number above 0 */
export function demandLabels(numLabels: number): void {
  if (!Number.isInteger(numLabels) || numLabels < 1) throw new RangeError(`numLabels must be a whole number above 0, but is ${numLabels}`);
}

export function shapesOf(modules: readonly LinearModule[]): WeightShapes {
  const shapes = new Map<string, readonly number[]>();
  for (const { module, dIn, dOut } of modules) {
    shapes.set(`${module}.weight`, [dOut, dIn]);
    shapes.set(`${module}.bias`, [dOut]);
  }
  return shapes;
}

export function applyLinear({ module }: LinearModule, x: Tensor, head: HeadTensors): Tensor {
  return addBias(linear(x, tensorOf(head, `${module}.weight`)), tensorOf(head, `${module}.bias`));
}

export function linearBackward({ module }: LinearModule, x: Tensor, dy: Tensor, gradients: Gradients): void {
  gradients.set(`${module}.weight`, matmul(dy, x, { transposeA: true }));
  gradients.set(`${module}.bias`, sumRows(dy));
}

/** @throws RangeError naming the tensor that the head lacks */
export function tensorOf(head: HeadTensors, name: string): Tensor {
  const found = head.get(name);
  if (found === undefined) throw new RangeError(`the head lacks ${name}; it has ${[...head.keys()].join(", ") || "nothing"}`);
  return found;
}

/** What hooks of the pooler are told. */
function firstPass({ ids }: EncoderBatch, starts: Int32Array): HookPass {
  const rows = starts.length;
  return {
    rows,
    tokens: 1,
    ids: ids && starts.map((at) => ids[at] ?? 0),
    positions: new Int32Array(rows),
    promptLengths: new Int32Array(rows).fill(2 ** 31 - 1),
    reads: "firstTokens",
  };
}
