import { f1Over, macroF1Over, matthewsOver } from "./classification";
import { pearsonOver, spearmanOver } from "./correlation";
import { perplexityOver } from "./language";
import { type Metric, metrics } from "./metric-names";
import { type SampleMetric, sampleMean, sampleRatio } from "./sample-metric";

/** What one model makes of a benchmark, a value a row. */
export type Items = {
  /** Nats, or a squared error; 0 where the row is left out. */
  readonly lossSums: ArrayLike<number>;
  /** 0 where the row is left out; 1 of a row that is answered with a class or a number. */
  readonly labelTokens: ArrayLike<number>;
  /** 1 where right; null where nothing is right or wrong. */
  readonly right: ArrayLike<number> | null;
  readonly rightPerByte: ArrayLike<number> | null;
  /** Class numbers or numbers, NaN where the row is left out; null where neither is answered. */
  readonly predictions: ArrayLike<number> | null;
  /** The right ones; null as above. */
  readonly targets: ArrayLike<number> | null;
};

export type ItemMetricName =
  | "loss"
  | "perplexity"
  | "exactMatch"
  | "accuracy"
  | "accuracyPerByte"
  | "f1"
  | "macroF1"
  | "matthews"
  | "pearson"
  | "spearman"
  | "meanSquaredError";

/** What is known of each metric. */
export const itemMetrics: { readonly [name in ItemMetricName]: Metric } = {
  loss: metrics.loss,
  perplexity: metrics.perplexity,
  exactMatch: metrics.exactMatch,
  accuracy: metrics.accuracy,
  accuracyPerByte: { ...metrics.accuracy, label: "accuracy per byte" },
  f1: metrics.f1,
  macroF1: metrics.macroF1,
  matthews: metrics.matthews,
  pearson: metrics.pearson,
  spearman: metrics.spearman,
  meanSquaredError: { label: "mean squared error", better: "lower", unit: "number" },
};

/**
 * A metric of one model over the rows at these places.
 *
 * @throws RangeError for no places, or a metric of answers where there are none
 */
export function sampleOf(name: ItemMetricName, items: Items, places: readonly number[]): SampleMetric {
  const right = rightOf(name, items, places);
  if (right !== null) return sampleMean(right);
  switch (name) {
    case "f1": {
      // Of a run that tells more classes apart than the benchmark has, any other is as wrong as class 0.
      const [predicted, targets] = answersOf(name, items, places).map((classes) => classes.map((one) => (one === 1 ? 1 : 0)));
      return f1Over(predicted ?? [], targets ?? []);
    }
    case "macroF1":
      return macroF1Over(...answersOf(name, items, places));
    case "matthews":
      return matthewsOver(...answersOf(name, items, places));
    case "pearson":
      return pearsonOver(...answersOf(name, items, places));
    case "spearman":
      return spearmanOver(...answersOf(name, items, places));
    case "perplexity":
      return perplexityOver(...lossesOf(items, places));
    case "loss":
    case "meanSquaredError":
      return sampleRatio(...lossesOf(items, places));
    case "exactMatch":
    case "accuracy":
    case "accuracyPerByte":
      throw new RangeError(`${itemMetrics[name].label} of items that are neither right nor wrong`);
  }
}

/** 1 where a row is right, at these places; null of a metric that is no share of right rows. */
export function rightOf(
  name: ItemMetricName,
  { right, rightPerByte }: Pick<Items, "right" | "rightPerByte">,
  places: readonly number[],
): number[] | null {
  switch (name) {
    case "exactMatch":
    case "accuracy":
      return right && picked(right, places);
    case "accuracyPerByte":
      return rightPerByte && picked(rightPerByte, places);
    default:
      return null;
  }
}

/**
 * Numbers of classes as they are answered: those of a benchmark by their place, others after them in the order in which they come.
 *
 * @returns NaN where nothing is answered
 */
export function classNumbers(classes: readonly string[], answers: readonly (string | null)[]): Float64Array {
  const numbers = new Map(classes.map((name, number) => [name, number]));
  return Float64Array.from(answers, (answer) => {
    if (answer === null) return Number.NaN;
    const number = numbers.get(answer) ?? numbers.size;
    numbers.set(answer, number);
    return number;
  });
}

function answersOf(name: ItemMetricName, { predictions, targets }: Items, places: readonly number[]): [number[], number[]] {
  if (predictions === null || targets === null)
    throw new RangeError(`${itemMetrics[name].label} of items that are answered with neither classes nor numbers`);
  return [picked(predictions, places), picked(targets, places)];
}

function lossesOf({ lossSums, labelTokens }: Items, places: readonly number[]): [number[], number[]] {
  return [picked(lossSums, places), picked(labelTokens, places)];
}

function picked(values: ArrayLike<number>, places: readonly number[]): number[] {
  return places.map((place) => values[place] ?? Number.NaN);
}
