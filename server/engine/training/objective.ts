import type { KeptObserver } from "@/server/engine/methods/attached-module";
import type { Parameter } from "@/server/engine/methods/parameter";
import type { Gradients, HookPass } from "@/server/engine/models/projection-hook";
import type { InParts } from "@/server/engine/tensor/in-parts";

/** Told which latents a module kept in a pass, (tokens, k); the mask (tokens) has 0 where a token is padding, all are real without. */
export type LatentObserver = (
  module: Parameters<KeptObserver>[0],
  indices: Int32Array,
  pass: HookPass,
  attentionMask: Int32Array | undefined,
) => void;

/** Which rows share a pass, and where in the training it stands. */
export type MicroBatch = {
  /** By number, all of them labelled; those listed together share a row of the pass. */
  readonly rows: readonly (readonly number[])[];
  /** Of the optimizer, from 1. */
  readonly step: number;
  /** Of each of them among the labelled rows of the step. */
  readonly places: readonly number[];
  /** Of the run: what a pass draws at random hangs on it, on the step and on the row's place in it. */
  readonly seed: number;
  /** Whether blocks are computed again in the backward pass, to hold less. */
  readonly recomputes: boolean;
};

/**
 * What an optimizer step lessens: rows with labels over a frozen model, and the parameters that are trained. Where the loss comes
 * from, next tokens or a head, is known here alone.
 */
export type Objective = {
  /** How many rows there are, numbered from 0. */
  readonly numRows: number;
  /** All that is trained, in a fixed order: the adapter's, then a head's. */
  readonly parameters: readonly Parameter[];
  /** Modules with a sparse layer, whose latents are followed; none for LoRA or a head alone. */
  readonly sparseModules: readonly { readonly module: string; readonly numLatents: number }[];
  /** Whether what is trained selects over a pass as a whole, so that its numbers depend on which rows share one. */
  readonly selectsOverBatch: boolean;
  /** How a message begins that nothing is labelled: "no token of", so that "no token of rows 1, 2 is labelled". */
  readonly nothingOf: string;
  tokensOf(row: number): number;
  /** Labels of a row, over which the loss is a mean: label tokens, or 1 where the row as a whole has a label, 0 where it has none. */
  labelsOf(row: number): number;
  /** @param weight of each label's loss in the gradients, which become the caller's */
  lossAndGradients(batch: MicroBatch, weight: number, onKept: LatentObserver): InParts<{ lossSum: number; gradients: Gradients }>;
  /** After the update of a step. */
  endStep(): void;
  /** Lets go of parameters handed out for reading. */
  release(): void;
};
