import { accuracyOver, f1Over, matthewsOver } from "@/lib/numbers/metrics/classification";
import { pearsonOver, spearmanOver } from "@/lib/numbers/metrics/correlation";
import { type SampleMetric, sampleMean } from "@/lib/numbers/metrics/sample-metric";
import type { Random } from "@/lib/numbers/random";
import { normalProbability } from "@/lib/numbers/statistics/normal";
import type { PairedOptions } from "@/lib/numbers/statistics/paired-difference";

/** Two runs' metric over the same simulated examples. */
export type SimulatedPair = {
  readonly first: SampleMetric;
  readonly second: SampleMetric;
  /** Of the examples, where the metric is their mean. */
  readonly differences?: readonly number[];
  readonly right?: NonNullable<PairedOptions["right"]>;
};

/** A kind of comparison whose true difference is known. */
export type Setting = { readonly name: string; readonly truth: number; readonly draw: (random: Random, examples: number) => SimulatedPair };

/** Two values of each example, each of standard normal distribution, with a correlation. */
function normalPairs(random: Random, examples: number, correlation: number): { first: number[]; second: number[] } {
  const [shared, own] = [Math.sqrt(correlation), Math.sqrt(1 - correlation)];
  const common = Array.from({ length: examples }, () => shared * random.nextNormal());
  const run = () => common.map((value) => value + own * random.nextNormal());
  return { first: run(), second: run() };
}

/** √(3 / χ²₃): times a normal value it gives Student's t of three degrees, of variance 3. */
function heavyTail(random: Random): number {
  return Math.sqrt(3 / (random.nextNormal() ** 2 + random.nextNormal() ** 2 + random.nextNormal() ** 2));
}

/** Losses of rows: normal, with Student's t of three degrees for tails, or log-normal (the first run's by a factor). */
export function lossSetting(kind: "normal" | "t3" | "lognormal", correlation: number, factor = 1): Setting {
  const shift = kind === "lognormal" ? 0 : 0.3;
  return {
    name: `loss, ${kind}${factor === 1 ? "" : ` × ${factor}`}, correlation ${correlation}`,
    truth: shift + (factor - 1) * Math.exp(0.5),
    draw: (random, examples) => {
      const { first, second } = normalPairs(random, examples, correlation);
      const tails = first.map(() => (kind === "t3" ? heavyTail(random) : 1));
      const lossOf = (value: number, i: number) => (kind === "lognormal" ? Math.exp(value) : value * (tails[i] as number));
      const [ofFirst, ofSecond] = [first.map((value, i) => factor * lossOf(value, i) + shift), second.map(lossOf)];
      const differences = ofFirst.map((loss, i) => loss - (ofSecond[i] as number));
      return { first: sampleMean(ofFirst), second: sampleMean(ofSecond), differences };
    },
  };
}

const classMetrics = { accuracy: accuracyOver, f1: f1Over, matthews: matthewsOver };

/**
 * Two classifiers of two classes: an example is right where its hardness, correlated over the two, is under the classifier's skill, so that
 * Φ(skill) is the accuracy.
 */
export function classSetting(
  metric: keyof typeof classMetrics,
  accuracies: string,
  skills: readonly [number, number],
  correlation: number,
  positives = 0.4,
): Setting {
  const trueValue = (skill: number) => {
    const right = normalProbability(skill);
    const predicted = positives * right + (1 - positives) * (1 - right);
    if (metric === "accuracy") return right;
    if (metric === "f1") return (2 * positives * right) / (positives + predicted);
    const covariance = positives * right - positives * predicted;
    return covariance / Math.sqrt(positives * (1 - positives) * predicted * (1 - predicted));
  };
  return {
    name: `${metric}, accuracies ${accuracies}, correlation ${correlation}`,
    truth: trueValue(skills[0]) - trueValue(skills[1]),
    draw: (random, examples) => {
      const hardness = normalPairs(random, examples, correlation);
      const labels = hardness.first.map(() => (random.next() < positives ? 1 : 0));
      const predictedBy = (hard: readonly number[], skill: number) =>
        labels.map((label, i) => ((hard[i] as number) < skill ? label : 1 - label));
      const [first, second] = [predictedBy(hardness.first, skills[0]), predictedBy(hardness.second, skills[1])];
      const rightOf = (predicted: readonly number[]) => predicted.map((one, i) => one === labels[i]);
      const pair = { first: classMetrics[metric](first, labels), second: classMetrics[metric](second, labels) };
      return metric === "accuracy" ? { ...pair, right: [rightOf(first), rightOf(second)] } : pair;
    },
  };
}

/** Two regressors whose noise, normal or with tails of Student's t of three degrees, has these deviations beside a target of deviation 1. */
export function correlationSetting(
  metric: "pearson" | "spearman",
  noise: readonly [number, number],
  correlation: number,
  tails: "normal" | "t3" = "normal",
): Setting {
  const trueValue = (deviation: number) => {
    const pearson = 1 / Math.hypot(1, deviation);
    return metric === "pearson" ? pearson : (6 / Math.PI) * Math.asin(pearson / 2);
  };
  const over = metric === "pearson" ? pearsonOver : spearmanOver;
  return {
    name: `${metric}, ${tails === "t3" ? "t3 " : ""}noise ${noise.join(" and ")}, correlation ${correlation}`,
    truth: trueValue(noise[0]) - trueValue(noise[1]),
    draw: (random, examples) => {
      const targets = Array.from({ length: examples }, () => random.nextNormal());
      const { first, second } = normalPairs(random, examples, correlation);
      const size = targets.map(() => (tails === "t3" ? heavyTail(random) / Math.sqrt(3) : 1));
      const predictedBy = (values: readonly number[], deviation: number) =>
        targets.map((target, i) => target + deviation * (size[i] as number) * (values[i] as number));
      return { first: over(predictedBy(first, noise[0]), targets), second: over(predictedBy(second, noise[1]), targets) };
    },
  };
}
