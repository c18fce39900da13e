import { requireSameLength, type SampleMetric } from "./sample-metric";

/** How often each class was predicted for each: `cells[label · classes + predicted]`. */
type Confusion = { readonly classes: number; readonly cells: Float64Array };

/**
 * The share of examples whose class is predicted, of resamples.
 *
 * @throws RangeError for no examples, lists of unequal length, or a class that is not a whole number from 0
 */
export function accuracyOver(predicted: ArrayLike<number>, labels: ArrayLike<number>): SampleMetric {
  return fromConfusion(predicted, labels, accuracyFrom);
}

/**
 * F1 of class 1, harmonic mean of its precision and recall, of resamples; 0 where class 1 is neither a label nor predicted, as scikit-learn.
 *
 * @throws RangeError as `accuracyOver`, and for a class other than 0 and 1
 */
export function f1Over(predicted: ArrayLike<number>, labels: ArrayLike<number>): SampleMetric {
  for (const classes of [predicted, labels])
    for (let i = 0; i < classes.length; i++)
      if ((classes[i] as number) > 1)
        throw new RangeError(`class ${classes[i]} of example ${i} is not 0 or 1: of several classes take macro F1`);
  return fromConfusion(predicted, labels, (confusion) => f1From(confusion, 1) ?? 0);
}

/**
 * The unweighted mean of F1 over all classes that are labels or predicted, of resamples, as scikit-learn's `average="macro"`.
 *
 * @throws RangeError as `accuracyOver`
 */
export function macroF1Over(predicted: ArrayLike<number>, labels: ArrayLike<number>): SampleMetric {
  return fromConfusion(predicted, labels, macroF1From);
}

/**
 * Matthews' correlation of predictions and labels, of two classes or more (Gorodkin 2004), of resamples, as scikit-learn; 0 where all labels, or all
 * predictions, are one class.
 *
 * @throws RangeError as `accuracyOver`
 */
export function matthewsOver(predicted: ArrayLike<number>, labels: ArrayLike<number>): SampleMetric {
  return fromConfusion(predicted, labels, matthewsFrom);
}

function fromConfusion(predicted: ArrayLike<number>, labels: ArrayLike<number>, metric: (confusion: Confusion) => number): SampleMetric {
  const { classes, cellOfExample } = cellsOf(predicted, labels);
  return (counts) => metric({ classes, cells: tally(cellOfExample, classes * classes, counts) });
}

function cellsOf(predicted: ArrayLike<number>, labels: ArrayLike<number>): { classes: number; cellOfExample: Int32Array } {
  requireSameLength(predicted.length, labels.length);
  let classes = 0;
  for (const [what, list] of [["predicted class", predicted] as const, ["label", labels] as const])
    for (let i = 0; i < list.length; i++) {
      const value = list[i] as number;
      if (!Number.isInteger(value) || value < 0) throw new RangeError(`the ${what} of example ${i} is ${value}, not a whole number from 0`);
      classes = Math.max(classes, value + 1);
    }
  return { classes, cellOfExample: Int32Array.from(labels, (label, i) => label * classes + (predicted[i] as number)) };
}

function tally(cellOfExample: Int32Array, cells: number, counts: Int32Array | undefined): Float64Array {
  const sums = new Float64Array(cells);
  for (let i = 0; i < cellOfExample.length; i++) {
    const cell = cellOfExample[i] as number;
    sums[cell] = (sums[cell] as number) + (counts === undefined ? 1 : (counts[i] as number));
  }
  return sums;
}

/** Of each class: how often it is right, predicted, and a label. */
function marginsOf({ classes, cells }: Confusion): { right: number; predicted: number; labelled: number }[] {
  return Array.from({ length: classes }, (_, own) => {
    let [predicted, labelled] = [0, 0];
    for (let other = 0; other < classes; other++) {
      predicted += cells[other * classes + own] as number;
      labelled += cells[own * classes + other] as number;
    }
    return { right: cells[own * classes + own] as number, predicted, labelled };
  });
}

function accuracyFrom({ classes, cells }: Confusion): number {
  let [right, all] = [0, 0];
  for (let cell = 0; cell < cells.length; cell++) {
    all += cells[cell] as number;
    if (cell % (classes + 1) === 0) right += cells[cell] as number;
  }
  return right / all;
}

/** undefined where the class is neither a label nor predicted. */
function f1From(confusion: Confusion, positive: number): number | undefined {
  const margin = marginsOf(confusion)[positive];
  return margin === undefined || margin.predicted + margin.labelled === 0
    ? undefined
    : (2 * margin.right) / (margin.predicted + margin.labelled);
}

function macroF1From(confusion: Confusion): number {
  const present = marginsOf(confusion).filter(({ predicted, labelled }) => predicted + labelled > 0);
  return present.reduce((sum, { right, predicted, labelled }) => sum + (2 * right) / (predicted + labelled), 0) / present.length;
}

function matthewsFrom(confusion: Confusion): number {
  let [all, right, together, labels, predictions] = [0, 0, 0, 0, 0];
  for (const margin of marginsOf(confusion)) {
    all += margin.labelled;
    right += margin.right;
    together += margin.predicted * margin.labelled;
    labels += margin.labelled ** 2;
    predictions += margin.predicted ** 2;
  }
  const spread = (all * all - labels) * (all * all - predictions);
  return spread === 0 ? 0 : (right * all - together) / Math.sqrt(spread);
}
