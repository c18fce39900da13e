import type { AnswerMetric } from "@/lib/contract/run";
import { wilsonInterval } from "@/lib/numbers/intervals";
import { type GlueMetric, glueMetric } from "@/lib/numbers/metrics/glue-tasks";
import { Random } from "@/lib/numbers/random";
import { bootstrapDistribution } from "@/lib/numbers/statistics/bootstrap";
import { fewestExamples } from "@/lib/numbers/statistics/enough-examples";
import { bootstrapInterval } from "@/lib/numbers/statistics/paired-difference";

const resamples = 1000;
const level = 0.95;
/** With more undefined resamples the interval would be of another question. */
const mostUndefined = 0.05;

/** A metric with its 95 % interval over the rows. @param constant the same of the constant prediction, where it is defined */
export function measureMetric(
  name: GlueMetric,
  predicted: ArrayLike<number>,
  answers: ArrayLike<number>,
  constant: number | null,
): AnswerMetric {
  const metric = glueMetric(name, predicted, answers);
  const value = finite(metric());
  if (value === null || answers.length < fewestExamples) return { name, value, low: null, high: null, constant };
  if (name === "accuracy") {
    const [low, high] = wilsonInterval(value, answers.length);
    return { name, value, low, high, constant };
  }
  const distribution = bootstrapDistribution(metric, answers.length, resamples, new Random(0));
  if (distribution.undefinedResamples > mostUndefined * resamples) return { name, value, low: null, high: null, constant };
  const [low, high] = bootstrapInterval(distribution, metric, answers.length, level, "expanded");
  return { name, value, low, high, constant };
}

/** Null for a metric that is not defined. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
