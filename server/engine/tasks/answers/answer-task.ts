import type { AnswerChange } from "@/lib/contract/effect";
import type { TextAnswer } from "@/lib/contract/read-text";
import type { AnswerMetric } from "@/lib/contract/run";
import type { RowAnswers } from "@/server/engine/models/encoders/row-answers";
import type { ScoreChanges } from "./effects/score-changes";

/** A row's answer as its task encodes it: one number, such as a class's, or several. */
export type RowAnswer = number | readonly number[];

/** Names of a head's classes in the order of its scores; undefined where its scores are not of classes. */
export type Labels = readonly string[] | undefined;

/** The class that is attributed to: by its number, or the most probable one. */
export type Towards = "mostProbable" | number;

/**
 * A task that a head over an encoder answers. All that is particular to it is here: code elsewhere holds one of these and never asks which.
 *
 * `Known` is what is known of the answers before any text is read, such as how often each class is trained on.
 */
export type AnswerTaskOf<Known = unknown, Answer extends RowAnswer = RowAnswer> = {
  /** Whether each score of its head is a class's. */
  readonly hasClasses: boolean;
  /** The answer of a row that has none. */
  readonly none: Answer;
  /** Whether this is an answer rather than `none`. */
  has(answer: Answer): boolean;
  /** What a written label stands for; `none` where it stands for nothing. */
  reader(labels: Labels): (label: string | null) => Answer;
  /** The answer in words, or as the number that it is. */
  written(answer: Answer, labels: Labels): string | number;
  /** The answers of a batch, with their loss. @throws RangeError naming the row whose answer is of another kind */
  lay(answers: readonly Answer[]): RowAnswers;
  /** What the answers of rows tell before any text is read. */
  known(answers: ArrayLike<Answer>, numLabels: number): Known;
  /** The answer that a row's scores give. */
  answerOf(scores: Float32Array): Answer;
  /** Whether an answer is the right one; null where answers are neither right nor wrong. */
  isRight(answer: Answer, right: Answer): boolean | null;
  /** The metrics of a head's scores beside those of the constant prediction. @param scores (rows, numLabels) */
  metrics(scores: Float32Array, answers: ArrayLike<Answer>, known: Known): AnswerMetric[];
  /** The answer that does not look at the text, best in its metrics. */
  constantAnswer(known: Known): Answer;
  /** Its losses: each class as probable as its share of the training rows, or the mean. */
  constantLosses(answers: ArrayLike<Answer>, known: Known): Float64Array;
  /** Its scores; null where a class was never trained on, which then has none. */
  constantScores(known: Known): readonly number[] | null;
  /** Of each class. @param scores (rows, numLabels) @returns one for each score; empty where scores are not of classes */
  probabilities(scores: ArrayLike<number>, numLabels: number): Float64Array;
  /** What a row's scores say. */
  textAnswer(scores: ArrayLike<number>, labels: Labels): TextAnswer;
  /** What a latent changes in the answers. */
  answerChange(changes: ScoreChanges, labels: Labels): AnswerChange;
  /** @throws RangeError where a head with this many scores has no such class */
  demandClass(label: number, numLabels: number): void;
  /** What is attributed: the class, undefined where there are none, and the gradient with respect to a row's scores. */
  attributed(scores: Float32Array, towards: Towards): { readonly label: number | undefined; readonly slopes: Float32Array };
};
