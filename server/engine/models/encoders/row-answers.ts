export type RowLosses = {
  /** (rows) NaN for a row without an answer. */
  readonly losses: Float32Array;
  /** Over the rows that have one; not finite where one of them is not. */
  readonly lossSum: number;
  /** (rows, numLabels) the gradient of each row's own loss. */
  readonly dScores: Float32Array;
};

/** The right answers of a batch's rows, and the loss that their task gives to scores. */
export type RowAnswers = {
  /** Their plural noun in messages. */
  readonly noun: string;
  readonly length: number;
  /** Why a head with this many scores cannot learn them; null where it can. */
  headProblem(numLabels: number): string | null;
  /** Why a row's answer does not fit a head with this many scores; null where it does. */
  rowProblem(row: number, numLabels: number): string | null;
  /** Whether a row has an answer. */
  has(row: number): boolean;
  /** @param scores (rows, numLabels) */
  losses(scores: Float32Array, numLabels: number): RowLosses;
  /** Those of some rows, in the given order. */
  take(rows: readonly number[]): RowAnswers;
};

/**
 * Checks answers against a head.
 *
 * @returns how many rows are answered
 * @throws RangeError naming the row whose answer does not fit, or when the kind of answers is not the head's or no row has one
 */
export function demandAnswers(answers: RowAnswers, rows: number, numLabels: number): number {
  const headProblem = answers.headProblem(numLabels);
  if (headProblem !== null) throw new RangeError(headProblem);
  if (answers.length !== rows) throw new RangeError(`${answers.length} ${answers.noun} for ${rows} rows`);
  let answered = 0;
  for (let row = 0; row < rows; row++) {
    const problem = answers.rowProblem(row, numLabels);
    if (problem !== null) throw new RangeError(`row ${row}: ${problem}`);
    if (answers.has(row)) answered++;
  }
  if (answered === 0) throw new RangeError("no row of the batch is labelled");
  return answered;
}

export function sumOfLosses(losses: Float32Array): number {
  return losses.reduce((sum, loss) => sum + loss, 0);
}
